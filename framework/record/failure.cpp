#include "framework/record/failure.h"

#include <filesystem>
#include <new>

#include "framework/comm/communicator.h"
#include "framework/core/error.h"

namespace tessera {

bool is_bug(const std::exception& error) {
  return !dynamic_cast<const UserError*>(&error) && !dynamic_cast<const WorldAborted*>(&error) &&
         !dynamic_cast<const std::filesystem::filesystem_error*>(&error) &&
         !dynamic_cast<const std::bad_alloc*>(&error);
}

std::string explained(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error))
    return "the machine has no memory left; free some or make the run smaller";
  return (is_bug(error) ? "internal error, a bug in Tessera: " : "") + std::string(error.what());
}

}  // namespace tessera
