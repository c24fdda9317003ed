// The host's memory: what this process may use, what it has used, and HostBuffer, the one owner of
// large memory on the CPU. A HostBuffer is mapped instead of taken from malloc, so that it starts
// on a huge-page boundary, is zero without being touched, and goes back to the system at once. The
// bytes of all HostBuffers are counted, so a plan can be compared with what happened.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

namespace tessera {

/// Zeroed memory, aligned to at least 64 bytes, and to 2 MiB when it is that large (huge pages are
/// asked for). The constructor throws UserError when the machine refuses.
class HostBuffer {
 public:
  HostBuffer() = default;
  explicit HostBuffer(size_t bytes);
  HostBuffer(HostBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  HostBuffer& operator=(HostBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~HostBuffer();

  /// Hands the memory over to a holder that keeps address and size; `adopt` takes it back.
  std::byte* release() {
    size_ = 0;
    return std::exchange(data_, nullptr);
  }
  static HostBuffer adopt(std::byte* data, size_t bytes) {
    HostBuffer out;
    out.data_ = data;
    out.size_ = bytes;
    return out;
  }

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  size_t size() const { return size_; }  // as asked for; the mapping is rounded up to pages

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// Bytes held by all HostBuffers of the process, as asked for.
struct BufferBytes {
  size_t current = 0, peak = 0;
};
BufferBytes buffer_bytes();
/// Sets the peak to what is held now.
void reset_buffer_peak();

/// Largest resident memory of the process so far, libraries included (VmHWM); 0 when the system
/// does not tell.
size_t peak_resident_bytes();

/// Memory that this process may use in all: the smaller of the machine's memory and the limits of
/// its cgroups (v1 and v2). `root` stands for `/`, for tests.
size_t memory_limit(const std::filesystem::path& root = "/");

/// Memory that this process may still take now without pushing others out: the smaller of the
/// machine's and the cgroups' free memory.
size_t available_memory(const std::filesystem::path& root = "/");

/// The system's setting of transparent huge pages: "always", "madvise", "never", or "absent".
std::string huge_pages(const std::filesystem::path& root = "/");

}  // namespace tessera
