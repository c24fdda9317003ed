// Memory that is read at random places is faster in large pages.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// Makes room for `count` elements in an empty list. Large pages are asked for where they help; that
/// is only advice, and the memory is as good without them.
template <typename T>
void reserve_large_pages(std::vector<T>& list, size_t count) {
  constexpr uintptr_t kPage = uintptr_t{1} << 21;
  list.reserve(count);
  const auto begin = (reinterpret_cast<uintptr_t>(list.data()) + kPage - 1) / kPage * kPage;
  const auto end = (reinterpret_cast<uintptr_t>(list.data()) + count * sizeof(T)) / kPage * kPage;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace tessera
