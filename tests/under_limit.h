// What a process says when a limit of the system (setrlimit) is met.
#pragma once

#include <sys/resource.h>

#include <functional>
#include <string>

#include "framework/core/error.h"

namespace tessera {

/// The UserError that `body` ends with while a limit of this process is `most`; empty when it ends
/// well.
inline std::string error_under_limit(__rlimit_resource_t resource, rlim_t most,
                                     const std::function<void()>& body) {
  rlimit before{};
  getrlimit(resource, &before);
  rlimit few = before;
  few.rlim_cur = most;
  setrlimit(resource, &few);
  std::string said;
  try {
    body();
  } catch (const UserError& error) {
    said = error.what();
  }
  setrlimit(resource, &before);
  return said;
}

}  // namespace tessera
