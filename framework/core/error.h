// Errors, in two kinds. A UserError says what the user must change (config, data, files, machine);
// an InternalError is a bug in Tessera and carries a dump of what was being worked on. Everything
// below the program's top level throws; only launch/ turns an exception into text and an exit
// status.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace tessera {

/// The user's input, data, files or machine are at fault; the message says what to change.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Tessera is at fault.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

template <typename... Args>
[[noreturn]] void user_error(fmt::format_string<Args...> format, Args&&... args) {
  throw UserError(fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
[[noreturn]] void internal_error(fmt::format_string<Args...> format, Args&&... args) {
  throw InternalError(fmt::format(format, std::forward<Args>(args)...));
}

/// Invariants of Tessera itself: throws InternalError when `condition` is false.
template <typename... Args>
void check(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) [[unlikely]]
    throw InternalError(fmt::format(format, std::forward<Args>(args)...));
}

/// Demands on the user's input: throws UserError when `condition` is false.
template <typename... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) [[unlikely]]
    throw UserError(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tessera
