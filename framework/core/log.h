// The process's one logger (spdlog): plain lines on standard error, "warning:" and "error:" in front where due. Warnings
// may take another way: one of several ranks hands them to the rank that prints.
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

/// On standard error, in any case.
void print_warning(const std::string& text);
/// From now on warnings go to `relay`, from whatever thread; null: to standard error again. When it returns, no call of an
/// earlier relay is under way.
void relay_warnings(std::function<void(const std::string&)> relay);
/// To where warnings go.
void hand_warning(const std::string& text);

template <typename... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  hand_warning(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tessera::log
