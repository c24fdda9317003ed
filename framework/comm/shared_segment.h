// The memory that a rank shows to the other ranks of its host: an area for each of its groups, a
// bell that wakes the rank, and a place to say that it failed. The memory is a memory file, which
// the others open through /proc: no name can be left behind, and the size of /dev/shm does not
// matter.
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

/// The part of a mapped segment that belongs to one group.
struct GroupArea {
  static constexpr int kSlots = 4;
  static constexpr int64_t kSlotBytes = 256 << 10;

  // The numbers of chunks that this rank has staged, has summed its part of, and has taken from the
  // others, counted from the group's first chunk on.
  alignas(64) std::atomic<uint64_t> staged;
  alignas(64) std::atomic<uint64_t> summed;
  alignas(64) std::atomic<uint64_t> taken;
  alignas(64) CallLabel labels[kSlots];  // the call whose first chunk lies in the slot
  alignas(4096) char memory[kSlots][kSlotBytes];
};

class SharedSegment {
 public:
  /// Where other processes find a segment.
  struct Address {
    int64_t process = 0, file = 0;
    uint64_t key = 0;
  };

  SharedSegment() = default;
  /// Makes this rank's own segment.
  static SharedSegment create(uint64_t key);
  /// Opens another rank's segment; nothing when it cannot be reached.
  static std::optional<SharedSegment> open(const Address& address);

  SharedSegment(SharedSegment&& other) noexcept;
  SharedSegment& operator=(SharedSegment&& other) noexcept;
  ~SharedSegment();

  const Address& address() const { return address_; }

  /// Makes the area of the group with that number; throws when the rank has too many groups.
  GroupArea& add_group(uint64_t group);
  /// The area of the group with that number; nullptr until the segment's rank has made the area.
  GroupArea* find_group(uint64_t group) const;

  /// Wakes the rank that sleeps on its segment.
  void ring() const;
  uint32_t rings() const;
  /// Sleeps until the bell has rung more than `seen` times, or for the time given.
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
