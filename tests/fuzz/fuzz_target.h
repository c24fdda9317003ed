// A fuzz target is a function that gives foreign bytes to one reader. It ends normally or by a
// UserError; anything else is a bug: another exception, a crash, a sanitizer's report, a hang, memory
// out of proportion. Each file of this folder has one target. With TESSERA_FUZZ each becomes a program
// of libFuzzer; without, all are linked into one test, which gives them mutations of the corpus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "framework/core/error.h"

namespace tessera {

using FuzzFunction = void (*)(std::string_view input);

/// All targets of the program by name.
inline std::map<std::string, FuzzFunction>& fuzz_targets() {
  static std::map<std::string, FuzzFunction> targets;
  return targets;
}

/// Gives `input` to a target; a UserError is a good answer.
inline void run_fuzz_target(FuzzFunction target, std::string_view input) {
  try {
    target(input);
  } catch (const UserError&) {
  }
}

/// The part of `input` before the first zero byte, which is taken off with that byte: a target that
/// reads several files gets them so.
inline std::string_view take_part(std::string_view& input) {
  const size_t end = input.find('\0');
  const std::string_view part = input.substr(0, end);
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  return part;
}

/// The first byte of `input`, which is taken off; 0 when there is none.
inline uint8_t take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  const auto byte = static_cast<uint8_t>(input.front());
  input.remove_prefix(1);
  return byte;
}

}  // namespace tessera

#ifdef TESSERA_FUZZ
#define TESSERA_FUZZ_TARGET(name, function)                                            \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count);           \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {          \
    tessera::run_fuzz_target(function, {reinterpret_cast<const char*>(bytes), count}); \
    return 0;                                                                          \
  }
#else
#define TESSERA_FUZZ_TARGET(name, function) \
  static const bool name##_is_listed = tessera::fuzz_targets().emplace(#name, function).second;
#endif
