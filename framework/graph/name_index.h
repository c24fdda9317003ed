// NameIndex: where in a list the entry of a name lies. The list's entries have a member `name`, no
// two the same; the index holds only positions and the names' hashes (SharedText::hash_of), in one
// table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/shared_text.h"

namespace tessera {

class NameIndex {
 public:
  struct Slot {
    int32_t at = -1;  // in the list; -1: a free slot
    uint32_t hash = 0;
    int32_t namesakes = 1;  // free for its owner: the next number to tell a namesake
  };

  /// The slot of a name with this hash, or nullptr where the list has none. The pointer is valid
  /// until the next change.
  template <typename List>
  const Slot* find(const List& list, std::string_view name, size_t hash) const {
    if (slots_.empty()) return nullptr;
    for (size_t i = home(short_hash(hash)); slots_[i].at >= 0; i = next(i))
      if (slots_[i].hash == short_hash(hash) &&
          list[static_cast<size_t>(slots_[i].at)].name == name)
        return &slots_[i];
    return nullptr;
  }
  template <typename List>
  Slot* find(const List& list, std::string_view name, size_t hash) {
    return const_cast<Slot*>(std::as_const(*this).find(list, name, hash));
  }
  template <typename List>
  bool has(const List& list, const SharedText& name) const {
    return find(list, name, name.hash()) != nullptr;
  }

  /// Adds a name that is not there yet, at a position of the list.
  void insert(size_t hash, int32_t at) {
    reserve(++used_);
    put({at, short_hash(hash)});
  }

  /// Makes room for so many names.
  void reserve(size_t names) {
    size_t size = std::max<size_t>(16, slots_.size());
    while (size < 2 * names) size *= 2;
    if (size == slots_.size()) return;
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(size));
    for (const Slot& slot : old)
      if (slot.at >= 0) put(slot);
  }

  /// Takes out the name at a position of the list.
  void erase(size_t hash, int32_t at) {
    size_t hole = home(short_hash(hash));
    while (slots_[hole].at != at) hole = next(hole);
    // What was pushed on by others moves up, so that a search never meets a hole before its end.
    for (size_t i = next(hole); slots_[i].at >= 0; i = next(i)) {
      const size_t from_home = (i - home(slots_[i].hash)) & mask();
      if (from_home < ((i - hole) & mask())) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = {};
    --used_;
  }

 private:
  static uint32_t short_hash(size_t hash) { return static_cast<uint32_t>(hash ^ (hash >> 32)); }
  size_t mask() const { return slots_.size() - 1; }
  size_t home(uint32_t hash) const { return hash & mask(); }
  size_t next(size_t i) const { return (i + 1) & mask(); }

  void put(const Slot& slot) {
    size_t i = home(slot.hash);
    while (slots_[i].at >= 0) i = next(i);
    slots_[i] = slot;
  }

  std::vector<Slot> slots_;  // as many as a power of two, half of them free
  size_t used_ = 0;
};

}  // namespace tessera
