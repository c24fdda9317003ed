// A CPU that runs kernels as a GPU would: blocks one after the other, the threads of a block as
// fibers that meet at barriers. gpu.h calls the functions at the top; tests use those at the
// bottom.
//
// The sources of kernels are compiled twice. In the fast form results can be compared; in the
// checked form, which g++ compiles with -fsanitize=thread, every load and store is reported to
// functions of ours (hooks.cpp) and judged (judge.h): races, reads of what nobody wrote, accesses
// out of bounds. Threads that end or wait where others do not meet them are found in both forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <source_location>
#include <string>
#include <vector>

namespace tessera::gpu {
struct Launch;
}

namespace tessera::emulator {

// ------------------------------------------------------------------------------------- for gpu.h

/// Who runs: set before each turn of a thread.
struct Now {
  int thread = 0, threads = 0;
  int64_t block = 0, blocks = 0;
};
extern Now now;

inline constexpr int kSlot = 32;  // bytes that a lane may give in an exchange

enum class How : uint8_t { read, write };

void block_barrier(std::source_location line);
/// Each lane gives `bytes` bytes and gets the slots of all lanes.
const std::byte* warp_exchange(const void* mine, size_t bytes, std::source_location line);
std::byte* shared_memory();
/// Judges an access of the kernel, made by the instruction before `from`.
void touch(const void* at, size_t bytes, How how, const void* from);
/// The running thread's accesses are judged between these two.
void enter_kernel();
void leave_kernel();
/// Ends the launch; the call that made it throws a UserError with this text.
[[noreturn]] void fail(const char* text);
bool planted(const char* name);
/// Runs the grid, or hands it to the launch hook. `thread` is what each thread runs.
void launch(const gpu::Launch& on, std::function<void()> thread);

// ------------------------------------------------------------------------------------- for tests

/// In which order threads get their turns.
enum class Order : uint8_t { forward, reverse, random };
void set_order(Order order);

/// Calls `hook` in place of running a launch at once. The hook runs `launch`, then or later; null:
/// launches run at once.
using LaunchHook = std::function<void(void* stream, std::function<void()> launch)>;
void set_launch_hook(LaunchHook hook);

/// Makes the kernels' mistake of this name; null: none. The name must outlive the mistake.
void plant(const char* name);

/// Memory that the checked form knows. `granule` is the size of an element: accesses of different
/// elements never race. With `written` its bytes count as written by the host.
void* allocate(const std::string& name, size_t bytes, size_t granule, bool written);
/// Gives all of it back.
void release_all();

/// What was found since the last call, each finding once.
std::vector<std::string> take_reports();

}  // namespace tessera::emulator
