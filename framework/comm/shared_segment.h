// The memory that a rank shows to the other ranks of its host: an area for each of its groups, a bell that wakes it, and
// a place to say that it failed. It is a memory file, opened by the others through /proc: no name can be left behind, and
// the size of /dev/shm does not matter.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "framework/comm/call_label.h"
#include "framework/core/descriptor.h"

namespace tessera {

/// A part of a mapped segment that belongs to one group.
struct GroupArea {
  static constexpr int kSlots = 4;
  static constexpr int64_t kSlotBytes = 256 << 10;

  // Chunks that this rank has staged, summed its part of, and taken from the others: counted from the group's first on.
  alignas(64) std::atomic<uint64_t> staged;
  alignas(64) std::atomic<uint64_t> summed;
  alignas(64) std::atomic<uint64_t> taken;
  alignas(64) CallLabel labels[kSlots];  // what the call is whose first chunk lies there
  alignas(4096) char memory[kSlots][kSlotBytes];
};

class SharedSegment {
 public:
  /// Where others find it.
  struct Address {
    int64_t process = 0, file = 0;
    uint64_t key = 0;
  };

  SharedSegment() = default;
  /// This rank's own.
  static SharedSegment create(uint64_t key);
  /// Another's; nothing when it cannot be reached.
  static std::optional<SharedSegment> open(const Address& address);

  SharedSegment(SharedSegment&& other) noexcept;
  SharedSegment& operator=(SharedSegment&& other) noexcept;
  ~SharedSegment();

  const Address& address() const { return address_; }

  /// Makes the area of the group with that number; throws when there are too many.
  GroupArea& add_group(uint64_t group);
  /// Nothing as long as its rank has not made it.
  GroupArea* find_group(uint64_t group) const;

  /// Wakes the rank that sleeps on its segment.
  void ring() const;
  uint32_t rings() const;
  /// Sleeps until the bell has rung after `seen` rings, or for the time given.
  void sleep(uint32_t seen, int64_t nanoseconds) const;

  void fail(std::string_view reason) const;
  std::optional<std::string> failure() const;

 private:
  struct Content;
  SharedSegment(Content* content, Descriptor file, Address address)
      : content_(content), file_(std::move(file)), address_(address) {}

  Content* content_ = nullptr;
  Descriptor file_;
  Address address_;
};

}  // namespace tessera
