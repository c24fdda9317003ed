#include "framework/record/failure.h"

#include <cstdio>
#include <filesystem>
#include <new>
#include <system_error>

#include "framework/comm/communicator.h"
#include "framework/core/error.h"

namespace tessera {

namespace {

/// Whether printing to standard output failed, which the formatting library tells so.
bool is_of_output(const std::exception& error) {
  return dynamic_cast<const std::system_error*>(&error) != nullptr && std::ferror(stdout) != 0;
}

}  // namespace

bool is_bug(const std::exception& error) {
  return !dynamic_cast<const UserError*>(&error) && !dynamic_cast<const WorldAborted*>(&error) &&
         !dynamic_cast<const std::filesystem::filesystem_error*>(&error) &&
         !dynamic_cast<const std::bad_alloc*>(&error) && !is_of_output(error);
}

std::string explained(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error))
    return "the machine has no memory left; free some or make the run smaller";
  if (is_of_output(error))
    return "standard output cannot be written: " +
           dynamic_cast<const std::system_error&>(error).code().message();
  return (is_bug(error) ? "internal error, a bug in Tessera: " : "") + std::string(error.what());
}

}  // namespace tessera
