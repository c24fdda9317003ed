#include "tests/cuda/emulator/judge.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "framework/core/error.h"
#include "tests/cuda/emulator/memory.h"
#include "tests/cuda/emulator/source_line.h"

extern "C" char __executable_start, end;  // NOLINT: the linker defines these names

namespace tessera::emulator {
namespace {

std::string kernel;
bool judging = false;
uint64_t turn = 1, first_turn = 2;  // of the running block; of its launch. 1: the host
std::vector<uint32_t> clocks;       // [thread][thread]: how far one knows the other
bool inside[kMostThreads];          // a thread is in its kernel
std::vector<std::string> reports;
std::set<std::string> seen;
std::mt19937 random_bits(1);

uint32_t* known(int thread) {
  return clocks.data() + static_cast<size_t>(thread) * static_cast<size_t>(now.threads);
}

bool ordered(const Access& a) {
  return a.turn < first_turn || (a.turn == turn && a.clock <= known(now.thread)[a.thread]);
}

std::string to_string(const Access& a) {
  return fmt::format("{} by thread {} of block {} at {}", a.how == How::write ? "write" : "read",
                     a.thread, a.turn - first_turn, source_line(a.from));
}

struct Place {
  const Buffer& buffer;
  size_t cell;
};
std::string to_string(const Place& place) {
  return fmt::format("{}[{}]", place.buffer.name, place.cell);
}

std::string key(const char* kind, uintptr_t a, uintptr_t b = 0) {
  return fmt::format("{} {} {} {}", kernel, kind, a, b);
}

void judge_cell(Cell& cell, const Access& a, const Place& place) {
  const auto race = [&](const Access& other) {
    report(key("race", other.from, a.from),
           fmt::format("RACE on {}: {} is not ordered with {}", to_string(place), to_string(a),
                       to_string(other)));
  };
  if (a.how == How::read && cell.write.turn == 0)
    report(key("unset", a.from),
           fmt::format("UNINITIALISED {}: {}", to_string(place), to_string(a)));
  if (cell.write.turn != 0 && !ordered(cell.write)) race(cell.write);
  if (a.how == How::read) {
    // Reads that this one follows need not be kept, nor can more than two others be.
    const auto over = [&](const Access& read) { return read.turn == 0 || ordered(read); };
    cell.reads[over(cell.reads[0]) ? 0 : over(cell.reads[1]) ? 1 : random_bits() % 2] = a;
    return;
  }
  for (const Access& read : cell.reads)
    if (read.turn != 0 && !ordered(read)) race(read);
  cell.write = a;
}

void judge(Buffer& buffer, uintptr_t at, size_t bytes, const Access& a) {
  const size_t offset = at - buffer.begin;
  if (at < buffer.begin || offset + bytes > buffer.bytes) {
    report(key("out", a.from), fmt::format("OUT OF BOUNDS of {}, byte {} of {}: {}", buffer.name,
                                           offset, buffer.bytes, to_string(a)));
    stop_block();  // it might hit anything
  }
  for (size_t i = offset / buffer.granule; i <= (offset + bytes - 1) / buffer.granule; ++i)
    judge_cell(buffer.cells[i], a, {buffer, i});
}

/// What kernels may read beside the device's memory: constants of the program.
bool in_program(uintptr_t at) {
  const auto begin = reinterpret_cast<uintptr_t>(&__executable_start);
  return at >= begin && at < reinterpret_cast<uintptr_t>(&end);
}

}  // namespace

void begin_launch(const std::string& name, bool judge) {
  kernel = name;
  judging = judge;
  first_turn = turn + 1;
}

void begin_block() {
  ++turn;
  if (!judging) return;
  std::fill_n(inside, kMostThreads, false);
  clocks.assign(static_cast<size_t>(now.threads) * static_cast<size_t>(now.threads), 0);
  for (int t = 0; t < now.threads; ++t) known(t)[t] = 1;
}

void end_launch() { judging = false; }

void enter_kernel() { inside[now.thread] = true; }
void leave_kernel() { inside[now.thread] = false; }

void order_group(const Group& group) {
  if (!judging) return;
  const auto count = static_cast<size_t>(now.threads);
  static std::vector<uint32_t> all;
  all.assign(count, 0);
  for (int t = group.first; t < group.first + group.size; ++t)
    for (size_t u = 0; u < count; ++u) all[u] = std::max(all[u], known(t)[u]);
  for (int t = group.first; t < group.first + group.size; ++t) {
    std::copy(all.begin(), all.end(), known(t));
    ++known(t)[t];
  }
}

void report(const std::string& about, const std::string& text) {
  if (seen.insert(about).second) reports.push_back(kernel + ": " + text);
}

std::vector<std::string> take_reports() {
  seen.clear();
  return std::exchange(reports, {});
}

void touch(const void* pointer, size_t bytes, How how, const void* from) {
  if (!judging || !inside[now.thread] || on_a_stack(pointer)) return;
  const auto at = reinterpret_cast<uintptr_t>(pointer);
  const Access a{turn, reinterpret_cast<uintptr_t>(from), known(now.thread)[now.thread],
                 static_cast<uint16_t>(now.thread), how};
  if (at % bytes != 0 && bytes <= 16 && !in_program(at))
    report(key("aligned", a.from),
           fmt::format("MISALIGNED access of {} bytes: {}", bytes, to_string(a)));
  if (in_shared_memory(at)) return judge(shared_buffer(), at, bytes, a);
  if (in_program(at)) return;
  Buffer* buffer = in_device_memory(at) ? buffer_at(at) : nullptr;
  if (buffer) return judge(*buffer, at, bytes, a);
  report(key("host", a.from), "HOST MEMORY: " + to_string(a));
  stop_block();
}

}  // namespace tessera::emulator
