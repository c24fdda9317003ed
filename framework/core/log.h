// The process's one logger (spdlog): plain lines on standard error, "warning:" and "error:" in front where due.
#pragma once

#include <spdlog/spdlog.h>

namespace tessera::log {

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

}  // namespace tessera::log
