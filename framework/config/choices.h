// The names that a config file uses for the values of each enumeration, in the order in which help lists them.
#pragma once

#include <array>
#include <string_view>

#include "framework/config/config.h"

namespace tessera {

template <typename E>
struct Choice {
  std::string_view name;
  E value;
};

/// The names of E's values; specialised below for every enumeration in Config.
template <typename E>
inline constexpr std::array<Choice<E>, 0> kChoices{};

template <>
inline constexpr auto kChoices<ModelConfig::Positions> =
    std::to_array<Choice<ModelConfig::Positions>>({{"learned", ModelConfig::Positions::learned},
                                                   {"rotary", ModelConfig::Positions::rotary}});

template <>
inline constexpr auto kChoices<ModelConfig::Norm> = std::to_array<Choice<ModelConfig::Norm>>(
    {{"layer", ModelConfig::Norm::layer}, {"rms", ModelConfig::Norm::rms}});

template <>
inline constexpr auto kChoices<ModelConfig::Activation> =
    std::to_array<Choice<ModelConfig::Activation>>(
        {{"gelu_tanh", ModelConfig::Activation::gelu_tanh},
         {"gelu_erf", ModelConfig::Activation::gelu_erf},
         {"relu", ModelConfig::Activation::relu},
         {"silu_gated", ModelConfig::Activation::silu_gated}});

template <>
inline constexpr auto kChoices<DataConfig::Documents> =
    std::to_array<Choice<DataConfig::Documents>>({{"packed", DataConfig::Documents::packed},
                                                  {"stream", DataConfig::Documents::stream}});

template <>
inline constexpr auto kChoices<OptimizerConfig::Type> =
    std::to_array<Choice<OptimizerConfig::Type>>({{"adamw", OptimizerConfig::Type::adamw},
                                                  {"sgd", OptimizerConfig::Type::sgd}});

template <>
inline constexpr auto kChoices<ScheduleConfig::Type> =
    std::to_array<Choice<ScheduleConfig::Type>>({{"cosine", ScheduleConfig::Type::cosine},
                                                 {"linear", ScheduleConfig::Type::linear},
                                                 {"constant", ScheduleConfig::Type::constant},
                                                 {"wsd", ScheduleConfig::Type::wsd}});

template <>
inline constexpr auto kChoices<DType> = std::to_array<Choice<DType>>({{"f32", DType::f32},
                                                                      {"bf16", DType::bf16}});

template <>
inline constexpr auto kChoices<RecomputeConfig::Policy> =
    std::to_array<Choice<RecomputeConfig::Policy>>({{"none", RecomputeConfig::Policy::none},
                                                    {"selective",
                                                     RecomputeConfig::Policy::selective},
                                                    {"full", RecomputeConfig::Policy::full}});

template <>
inline constexpr auto kChoices<DataParallelConfig::Shard> =
    std::to_array<Choice<DataParallelConfig::Shard>>(
        {{"none", DataParallelConfig::Shard::none},
         {"optimizer", DataParallelConfig::Shard::optimizer},
         {"gradients", DataParallelConfig::Shard::gradients},
         {"parameters", DataParallelConfig::Shard::parameters}});

template <>
inline constexpr auto kChoices<DeviceConfig::Type> =
    std::to_array<Choice<DeviceConfig::Type>>({{"cpu", DeviceConfig::Type::cpu}});

template <>
inline constexpr auto kChoices<Isa> = std::to_array<Choice<Isa>>({{"sse41", Isa::sse41},
                                                                  {"avx2", Isa::avx2},
                                                                  {"avx512", Isa::avx512},
                                                                  {"avx512_bf16", Isa::avx512_bf16},
                                                                  {"amx", Isa::amx}});

/// The name that a config file uses for `value`.
template <typename E>
std::string_view choice_name(E value) {
  for (const Choice<E>& choice : kChoices<E>)
    if (choice.value == value) return choice.name;
  return "?";
}

}  // namespace tessera
