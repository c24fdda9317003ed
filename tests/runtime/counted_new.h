// Counts what is allocated by operator new, while someone watches. It replaces the operators of the
// whole program, so one file of a test program may include it. What oneDNN allocates for itself is
// counted apart, told by the call stack.
#pragma once

#include <dlfcn.h>
#include <execinfo.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace tessera::testing {

/// Counts while it lives; only one may live at a time.
class AllocationWatch {
 public:
  /// `told_apart`: what oneDNN allocates is not Tessera's own; that takes long for each.
  explicit AllocationWatch(bool told_apart = true) {
    told_apart_ = told_apart;
    void* frame = nullptr;
    ::backtrace(&frame, 1);  // the first call loads a library
    own_ = library_ = 0;
    watching_ = true;
  }
  ~AllocationWatch() { watching_ = false; }
  AllocationWatch(const AllocationWatch&) = delete;
  AllocationWatch& operator=(const AllocationWatch&) = delete;

  int64_t own() const { return own_; }  // by Tessera, the standard library on its behalf included
  int64_t library() const { return library_; }  // by oneDNN

  /// Notes a call of operator new that returns to `caller`.
  static void note(const void* caller) {
    if (watching_) ++(told_apart_ && by_onednn(caller) ? library_ : own_);
  }

 private:
  static bool by_onednn(const void* caller) {
    void* frames[32];
    void** const end = frames + ::backtrace(frames, 32);
    for (void** frame = std::find(frames, end, caller); frame != end; ++frame) {
      Dl_info found;
      if (::dladdr(*frame, &found) == 0 || found.dli_fname == nullptr) return false;
      const std::string_view file = found.dli_fname;
      if (file.find("libstdc++") == file.npos) return file.find("libdnnl") != file.npos;
    }
    return false;
  }

  static inline std::atomic<bool> watching_{false}, told_apart_{true};
  static inline std::atomic<int64_t> own_{0}, library_{0};
};

inline void* counted_new(std::size_t size, std::size_t alignment, const void* caller) {
  AllocationWatch::note(caller);
  void* p = alignment <= alignof(std::max_align_t)
                ? std::malloc(size)
                : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

}  // namespace tessera::testing

// Not inlined: otherwise the return address would be another, and gcc would see free() meet
// operator new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return tessera::testing::counted_new(size, 0, __builtin_return_address(0));
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return tessera::testing::counted_new(size, 0, __builtin_return_address(0));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t a) {
  return tessera::testing::counted_new(size, static_cast<std::size_t>(a),
                                       __builtin_return_address(0));
}
[[gnu::noinline]] void* operator new[](std::size_t size, std::align_val_t a) {
  return tessera::testing::counted_new(size, static_cast<std::size_t>(a),
                                       __builtin_return_address(0));
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return tessera::testing::counted_new(size, 0, __builtin_return_address(0));
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return tessera::testing::counted_new(size, 0, __builtin_return_address(0));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
