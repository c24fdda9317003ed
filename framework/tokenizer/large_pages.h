// Memory that is read at random places is faster in large pages.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace tessera {

/// An allocator that asks for large pages where a list fills some. That is only advice, and the
/// memory is as good without them. It comes from the system each time: what other lists have given
/// back lies in small pages already.
template <typename T>
class LargePageAllocator {
 public:
  using value_type = T;

  LargePageAllocator() = default;
  template <typename U>
  explicit LargePageAllocator(const LargePageAllocator<U>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kPage) return static_cast<T*>(::operator new(bytes, kAlignment));
    const size_t taken = mapped(bytes);
    void* const memory =
        mmap(nullptr, taken, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // A page more was taken than is needed, to begin at a page; the rest goes back.
    const auto first = reinterpret_cast<uintptr_t>(memory);
    const uintptr_t begin = (first + kPage - 1) / kPage * kPage;
    const size_t kept = taken - kPage;
    if (begin > first) munmap(memory, begin - first);
    if (const size_t rest = first + taken - (begin + kept); rest > 0)
      munmap(reinterpret_cast<void*>(begin + kept), rest);
    madvise(reinterpret_cast<void*>(begin), kept, MADV_HUGEPAGE);
    return reinterpret_cast<T*>(begin);
  }
  void deallocate(T* memory, size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kPage)
      ::operator delete(memory, kAlignment);
    else
      munmap(memory, mapped(bytes) - kPage);
  }

  bool operator==(const LargePageAllocator&) const { return true; }

 private:
  static constexpr size_t kPage = size_t{1} << 21;
  static constexpr std::align_val_t kAlignment{alignof(T) < 64 ? 64 : alignof(T)};
  static size_t mapped(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage + kPage; }
};

template <typename T>
using LargePageVector = std::vector<T, LargePageAllocator<T>>;

}  // namespace tessera
