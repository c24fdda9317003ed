#include "framework/core/device_profile.h"

#include <array>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr std::array<std::pair<Isa, std::string_view>, 5> kNames{{{Isa::sse41, "sse41"},
                                                                  {Isa::avx2, "avx2"},
                                                                  {Isa::avx512, "avx512"},
                                                                  {Isa::avx512_bf16, "avx512_bf16"},
                                                                  {Isa::amx, "amx"}}};

}  // namespace

std::string_view to_string(Isa isa) {
  for (const auto& [value, name] : kNames)
    if (value == isa) return name;
  internal_error("instruction set {} has no name", static_cast<int>(isa));
}

Isa parse_isa(std::string_view name) {
  for (const auto& [value, known] : kNames)
    if (known == name) return value;
  user_error("unknown instruction set '{}'; known: sse41, avx2, avx512, avx512_bf16, amx", name);
}

}  // namespace tessera
