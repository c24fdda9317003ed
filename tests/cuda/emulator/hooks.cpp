// What g++ -fsanitize=thread calls before every load and store, with meanings of our own; the
// sanitizer's library is not linked.
#include "tests/cuda/emulator/hooks.h"

#include "tests/cuda/emulator/machine.h"

namespace tessera::emulator {

bool hooks_are_called() { return true; }

}  // namespace tessera::emulator

// NOLINTBEGIN: the compiler chose these names.
extern "C" {
using tessera::emulator::How;
using tessera::emulator::touch;

#define TESSERA_HOOKS(bytes)                                                                      \
  void __tsan_read##bytes(void* at) { touch(at, bytes, How::read, __builtin_return_address(0)); } \
  void __tsan_write##bytes(void* at) { touch(at, bytes, How::write, __builtin_return_address(0)); }
TESSERA_HOOKS(1)
TESSERA_HOOKS(2)
TESSERA_HOOKS(4)
TESSERA_HOOKS(8)
TESSERA_HOOKS(16)
#undef TESSERA_HOOKS

void __tsan_read_range(void* at, size_t bytes) {
  touch(at, bytes, How::read, __builtin_return_address(0));
}
void __tsan_write_range(void* at, size_t bytes) {
  touch(at, bytes, How::write, __builtin_return_address(0));
}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
void __tsan_init() {}
}
// NOLINTEND
