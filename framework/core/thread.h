// Starts threads of the program's own. A thread that the system refuses is no bug: a limit is met,
// and the error says which limits there are and what to do.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

namespace tessera {

/// Throws a UserError with the limits of threads and memory that hold for this process.
[[noreturn]] void no_thread(const std::error_code& why);

/// Starts a thread that runs `body`; throws UserError when the system refuses it.
template <typename Body>
std::thread start_thread(Body&& body) {
  try {
    return std::thread(std::forward<Body>(body));
  } catch (const std::system_error& error) {
    no_thread(error.code());
  }
}

/// Throws UserError unless `count` threads can run beside the current one, since libraries that are
/// refused a thread end the process.
void require_threads(int count);

}  // namespace tessera
