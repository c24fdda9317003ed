#include "framework/comm/shared_segment.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

/// The most groups of a rank. Areas take memory only once they are used.
constexpr int64_t kMostGroups = 256;

}  // namespace

struct SharedSegment::Content {
  uint64_t key;
  alignas(64) std::atomic<uint32_t> rings;
  std::atomic<uint32_t> sleeping;
  alignas(64) std::atomic<uint32_t> failed;
  char failure[4000];
  std::atomic<uint64_t> groups[kMostGroups];  // 0: none
  alignas(4096) GroupArea areas[kMostGroups];
};

SharedSegment SharedSegment::create(uint64_t key) {
  static_assert(std::atomic<uint64_t>::is_always_lock_free);
  Descriptor file(memfd_create("tessera", MFD_CLOEXEC));
  const auto need = [](bool done) { require(done, "no shared memory: {}", std::strerror(errno)); };
  need(file.open());
  need(ftruncate(file.number(), sizeof(Content)) == 0);
  void* memory =
      mmap(nullptr, sizeof(Content), PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
  need(memory != MAP_FAILED);
  auto* content = static_cast<Content*>(memory);  // a new memory file is all zeros
  content->key = key;
  const Address address{getpid(), file.number(), key};
  return {content, std::move(file), address};
}

std::optional<SharedSegment> SharedSegment::open(const Address& address) {
  const std::string path = fmt::format("/proc/{}/fd/{}", address.process, address.file);
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.open()) return std::nullopt;
  // A process number may name another process here than where it comes from; only the key tells.
  void* memory = MAP_FAILED;
  if (lseek(file.number(), 0, SEEK_END) == static_cast<off_t>(sizeof(Content)))
    memory = mmap(nullptr, sizeof(Content), PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
  if (memory == MAP_FAILED) return std::nullopt;
  SharedSegment segment(static_cast<Content*>(memory), Descriptor(), address);
  if (segment.content_->key != address.key) return std::nullopt;
  return segment;
}

SharedSegment::SharedSegment(SharedSegment&& other) noexcept
    : content_(std::exchange(other.content_, nullptr)),
      file_(std::move(other.file_)),
      address_(other.address_) {}

SharedSegment& SharedSegment::operator=(SharedSegment&& other) noexcept {
  std::swap(content_, other.content_);
  std::swap(file_, other.file_);
  std::swap(address_, other.address_);
  return *this;
}

SharedSegment::~SharedSegment() {
  if (content_) munmap(content_, sizeof(Content));
}

GroupArea& SharedSegment::add_group(uint64_t group) {
  check(!find_group(group), "two groups have the number {}", group);
  for (int64_t i = 0; i < kMostGroups; ++i) {
    if (content_->groups[i].load(std::memory_order_relaxed) != 0) continue;
    content_->groups[i].store(group, std::memory_order_release);
    return content_->areas[i];
  }
  internal_error("a rank in more than {} groups", kMostGroups);
}

GroupArea* SharedSegment::find_group(uint64_t group) const {
  for (int64_t i = 0; i < kMostGroups; ++i)
    if (content_->groups[i].load(std::memory_order_acquire) == group) return &content_->areas[i];
  return nullptr;
}

void SharedSegment::ring() const {
  content_->rings.fetch_add(1);
  if (content_->sleeping.load() != 0)
    syscall(SYS_futex, &content_->rings, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

uint32_t SharedSegment::rings() const { return content_->rings.load(); }

void SharedSegment::sleep(uint32_t seen, int64_t nanoseconds) const {
  content_->sleeping.store(1);
  if (content_->rings.load() == seen) {
    const timespec time{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    syscall(SYS_futex, &content_->rings, FUTEX_WAIT, seen, &time, nullptr, 0);
  }
  content_->sleeping.store(0);
}

void SharedSegment::fail(std::string_view reason) const {
  const size_t length = std::min(reason.size(), sizeof(content_->failure) - 1);
  if (content_->failed.load() != 0) return;
  std::memcpy(content_->failure, reason.data(), length);
  content_->failed.store(1);
}

std::optional<std::string> SharedSegment::failure() const {
  if (content_->failed.load() == 0) return std::nullopt;
  return std::string(content_->failure);
}

}  // namespace tessera
