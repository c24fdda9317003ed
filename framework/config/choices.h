// The names that a config file uses for the values of its own enumerations; core holds the names of
// core's enumerations.
#pragma once

#include "framework/config/config.h"
#include "framework/core/choice.h"

namespace tessera {

template <>
inline constexpr auto kChoices<ModelConfig::Positions> =
    std::to_array<Choice<ModelConfig::Positions>>({{"learned", ModelConfig::Positions::learned},
                                                   {"rotary", ModelConfig::Positions::rotary}});

template <>
inline constexpr auto kChoices<ModelConfig::RopeScaling> =
    std::to_array<Choice<ModelConfig::RopeScaling>>({{"none", ModelConfig::RopeScaling::none},
                                                     {"dynamic", ModelConfig::RopeScaling::dynamic},
                                                     {"linear", ModelConfig::RopeScaling::linear},
                                                     {"llama3", ModelConfig::RopeScaling::llama3},
                                                     {"yarn", ModelConfig::RopeScaling::yarn}});

template <>
inline constexpr auto kChoices<ModelConfig::Bias> =
    std::to_array<Choice<ModelConfig::Bias>>({{"true", ModelConfig::Bias::all},
                                              {"false", ModelConfig::Bias::none},
                                              {"qkv", ModelConfig::Bias::qkv}});

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
inline constexpr auto kChoices<DataConfig::Packing> = std::to_array<Choice<DataConfig::Packing>>(
    {{"stream", DataConfig::Packing::stream}, {"best_fit", DataConfig::Packing::best_fit}});

template <>
inline constexpr auto kChoices<DType> = std::to_array<Choice<DType>>({{"f32", DType::f32},
                                                                      {"bf16", DType::bf16}});

template <>
inline constexpr auto kChoices<TaskConfig::Type> = std::to_array<Choice<TaskConfig::Type>>(
    {{"pretrain", TaskConfig::Type::pretrain}, {"classify", TaskConfig::Type::classify}});

template <>
inline constexpr auto kChoices<TaskConfig::Pooling> =
    std::to_array<Choice<TaskConfig::Pooling>>({{"cls", TaskConfig::Pooling::cls},
                                                {"mean", TaskConfig::Pooling::mean},
                                                {"last", TaskConfig::Pooling::last}});

template <>
inline constexpr auto kChoices<EvaluateConfig::Keep> = std::to_array<Choice<EvaluateConfig::Keep>>(
    {{"newest", EvaluateConfig::Keep::newest}, {"best", EvaluateConfig::Keep::best}});

template <>
inline constexpr auto kChoices<InitConfig::Optimizer> =
    std::to_array<Choice<InitConfig::Optimizer>>({{"fresh", InitConfig::Optimizer::fresh},
                                                  {"kept", InitConfig::Optimizer::kept}});

template <>
inline constexpr auto kChoices<DataParallelConfig::Shard> =
    std::to_array<Choice<DataParallelConfig::Shard>>(
        {{"none", DataParallelConfig::Shard::none},
         {"optimizer", DataParallelConfig::Shard::optimizer},
         {"gradients", DataParallelConfig::Shard::gradients},
         {"parameters", DataParallelConfig::Shard::parameters}});

template <>
inline constexpr auto kChoices<DeviceConfig::Type> = std::to_array<Choice<DeviceConfig::Type>>(
    {{"cpu", DeviceConfig::Type::cpu}, {"cuda", DeviceConfig::Type::cuda}});

template <>
inline constexpr auto kChoices<Isa> = std::to_array<Choice<Isa>>({{"sse41", Isa::sse41},
                                                                  {"avx2", Isa::avx2},
                                                                  {"avx512", Isa::avx512},
                                                                  {"avx512_bf16", Isa::avx512_bf16},
                                                                  {"amx", Isa::amx}});

}  // namespace tessera
