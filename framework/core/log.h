// The process's one logger (spdlog): plain lines on standard error, with "warning:" and "error:" in
// front where due. With several ranks, a rank may hand its warnings to the rank that prints
// (`relay_warnings`).
#pragma once

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <string>
#include <utility>

namespace tessera::log {

using spdlog::debug;
using spdlog::error;
using spdlog::info;

/// Prints a warning on standard error, whether or not a relay is set.
void print_warning(const std::string& text);
/// Sends all warnings from now on to `relay`, from whatever thread they come; null sends them to
/// standard error again. When the call returns, no call of an earlier relay is under way.
void relay_warnings(std::function<void(const std::string&)> relay);
/// Sends a warning to the relay, or to standard error when no relay is set.
void hand_warning(const std::string& text);

template <typename... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  hand_warning(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tessera::log
