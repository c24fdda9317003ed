// What the judge knows of memory: buffers with names, and for each of their elements who wrote and
// read it last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/cuda/emulator/machine.h"

namespace tessera::emulator {

/// An access: `turn` numbers blocks over all launches (0: nobody), `clock` is the thread's own, and
/// `from` is the address behind the instruction.
struct Access {
  uint64_t turn = 0;
  uintptr_t from = 0;
  uint32_t clock = 0;
  uint16_t thread = 0;
  How how = How::read;
};

/// The last write, and two of the reads that nothing has ordered since.
struct Cell {
  Access write, reads[2];
};

struct Buffer {
  std::string name;
  uintptr_t begin = 0;
  size_t bytes = 0, granule = 1;
  std::vector<Cell> cells;
};

/// The buffer that the address lies in, or the last one below it.
Buffer* buffer_at(uintptr_t at);
bool in_device_memory(uintptr_t at);

/// The shared memory of the running block: its `bytes` begin as NaN, written by nobody.
void clear_shared(size_t bytes);
Buffer& shared_buffer();
bool in_shared_memory(uintptr_t at);

}  // namespace tessera::emulator
