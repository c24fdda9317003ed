#include "tests/cuda/emulator/block.h"

#include <sys/mman.h>

#include <algorithm>
#include <boost/context/detail/fcontext.hpp>
#include <map>
#include <random>
#include <utility>

#include "framework/core/error.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::emulator {
namespace {

namespace context = boost::context::detail;

constexpr size_t kStack = size_t{64} << 10;

enum class State : uint8_t { fresh, ready, waiting, ended };

/// A stack with what was suspended on it. A fiber runs one thread after the other as long as none
/// of them waits, so that kernels without barriers need a single fiber.
struct Fiber {
  context::fcontext_t suspended = nullptr;
  int number = 0;
};

struct Thread {
  State state = State::fresh;
  Fiber* fiber = nullptr;
  std::source_location line;
};

std::byte* stacks() {
  static std::byte* const memory = [] {
    void* at = mmap(nullptr, kStack * kMostThreads, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    check(at != MAP_FAILED, "no memory for the stacks of emulated threads");
    return static_cast<std::byte*>(at);
  }();
  return memory;
}

Fiber fibers[kMostThreads];
std::vector<Fiber*> idle;
Thread threads[kMostThreads];
std::vector<int> turns;      // threads in the order of their turns
int place = 0, current = 0;  // current = turns[place]
Fiber* running = nullptr;
context::fcontext_t outside = nullptr;
Group block_group, warp_groups[kMostThreads / gpu::kWarp];
const std::function<void()>* body = nullptr;
void (*when_met)(const Group&) = nullptr;
BlockEnd result;

void jump(context::fcontext_t to, context::fcontext_t* save) {
  const context::transfer_t from = context::jump_fcontext(to, save);
  *static_cast<context::fcontext_t*>(from.data) = from.fctx;
}

/// The next thread that can run, from the current one's turn on; false when there is none.
bool take_turn() {
  const auto count = static_cast<int>(turns.size());
  for (int i = 1; i <= count; ++i) {
    const int p = (place + i) % count, t = turns[static_cast<size_t>(p)];
    if (threads[t].state != State::fresh && threads[t].state != State::ready) continue;
    place = p;
    current = now.thread = t;
    return true;
  }
  return false;
}

void run_threads(context::transfer_t from);

void start_fiber(context::fcontext_t* save) {
  Fiber* fiber = idle.back();
  idle.pop_back();
  running = fiber;
  // Stacks begin in different sets of the cache.
  std::byte* top = stacks() + kStack * static_cast<size_t>(fiber->number + 1) - 64 -
                   static_cast<size_t>(fiber->number % gpu::kWarp) * 64;
  jump(context::make_fcontext(top, kStack - 4096, run_threads), save);
}

/// Gives the turn to the thread that take_turn chose, which has run before.
void resume(context::fcontext_t* save) {
  running = threads[current].fiber;
  jump(running->suspended, save);
}

void run_threads(context::transfer_t from) {
  *static_cast<context::fcontext_t*>(from.data) = from.fctx;
  Fiber* const mine = running;
  context::fcontext_t nowhere = nullptr;  // this fiber is not resumed
  for (;;) {
    Thread& thread = threads[current];
    thread.state = State::ready;
    thread.fiber = mine;
    (*body)();
    threads[current].state = State::ended;
    if (!take_turn()) jump(outside, &nowhere);
    if (threads[current].state == State::fresh) continue;
    idle.push_back(mine);
    resume(&mine->suspended);
  }
}

void meet(Group& group, std::source_location line, bool orders) {
  Thread& me = threads[current];
  me.line = line;
  if (++group.arrived < group.size) {
    me.state = State::waiting;
    Fiber* const mine = running;
    if (!take_turn())
      jump(outside, &mine->suspended);
    else if (threads[current].state == State::fresh)
      start_fiber(&mine->suspended);
    else
      resume(&mine->suspended);
    return;
  }
  for (int t = group.first; t < group.first + group.size; ++t) {
    if (threads[t].line.line() != line.line() && result.divergence.empty())
      result.divergence = fmt::format("thread {} meets at {}:{}, thread {} at {}:{}", t,
                                      threads[t].line.file_name(), threads[t].line.line(), current,
                                      line.file_name(), line.line());
    threads[t].state = State::ready;
  }
  if (orders && when_met) when_met(group);
  group.arrived = 0;
  ++group.phase;
}

}  // namespace

BlockEnd run_block(const std::function<void()>& thread, Order order, uint64_t seed,
                   void (*met)(const Group&)) {
  const int count = now.threads;
  check(count > 0 && count <= kMostThreads && count % gpu::kWarp == 0, "a block of {} threads",
        count);
  body = &thread;
  when_met = met;
  result = {};
  block_group = {0, count, 0, 0};
  turns.resize(static_cast<size_t>(count));
  idle.clear();
  for (int t = 0; t < count; ++t) {
    threads[t] = {};
    turns[static_cast<size_t>(t)] = order == Order::reverse ? count - 1 - t : t;
    fibers[t] = {nullptr, t};
    idle.push_back(&fibers[t]);
    if (t % gpu::kWarp == 0) warp_groups[t / gpu::kWarp] = {t, gpu::kWarp, 0, 0};
  }
  if (order == Order::random) std::shuffle(turns.begin(), turns.end(), std::mt19937_64(seed));
  place = count - 1;
  take_turn();
  start_fiber(&outside);
  if (result.stopped) return result;
  std::map<std::string, int> at;  // where threads are that have not ended
  for (int t = 0; t < count; ++t)
    if (threads[t].state != State::ended)
      ++at[fmt::format("{}:{}", threads[t].line.file_name(), threads[t].line.line())];
  if (at.empty()) return result;
  int ended = count;
  std::string text;
  for (const auto& [line, n] : at) {
    text += fmt::format("{}{} threads wait at {}", text.empty() ? "" : ", ", n, line);
    ended -= n;
  }
  result.divergence = fmt::format("{}, {} have ended", text, ended);
  return result;
}

void meet_block(std::source_location line) { meet(block_group, line, true); }

void meet_warp(std::source_location line, bool orders) {
  meet(warp_groups[current / gpu::kWarp], line, orders);
}

const Group& my_warp() { return warp_groups[current / gpu::kWarp]; }

void stop_block(const char* failure) {
  result.failure = failure;
  result.stopped = true;
  context::fcontext_t nowhere = nullptr;
  jump(outside, &nowhere);
  std::abort();  // nobody comes back
}

bool on_a_stack(const void* at) {
  return static_cast<size_t>(static_cast<const std::byte*>(at) - stacks()) < kStack * kMostThreads;
}

}  // namespace tessera::emulator
