#include "framework/comm/shared_group.h"

#include <algorithm>
#include <cstring>

#include "framework/comm/reduce.h"
#include "framework/core/error.h"

namespace tessera {

using Kind = Collective::Kind;

SharedGroup::SharedGroup(std::vector<SharedSegment*> segments, int rank, uint64_t group)
    : segments_(std::move(segments)),
      areas_(segments_.size()),
      rank_(rank),
      group_(group),
      sources_(segments_.size()),
      scratch_(GroupArea::kSlotBytes) {
  const auto own = static_cast<size_t>(rank);
  areas_[own] = &segments_[own]->add_group(group);
}

void SharedGroup::start(Collective call) {
  calls_.emplace_back(std::move(call), static_cast<int>(areas_.size()), GroupArea::kSlotBytes,
                      GroupArea::kSlotBytes);
}

bool SharedGroup::connect() {
  connected_ = true;
  for (size_t r = 0; r < areas_.size(); ++r) {
    if (!areas_[r]) areas_[r] = segments_[r]->find_group(group_);
    connected_ = connected_ && areas_[r];
  }
  return connected_;
}

void SharedGroup::step(Cursor& cursor) const {
  ++cursor.number;
  if (++cursor.chunk == chunks(cursor).count()) {
    cursor.chunk = 0;
    ++cursor.call;
  }
}

char* SharedGroup::slot(int rank, const Cursor& cursor) const {
  return areas_[static_cast<size_t>(rank)]->memory[cursor.number % GroupArea::kSlots];
}

bool SharedGroup::reached(std::atomic<uint64_t> GroupArea::*mark, uint64_t number) const {
  return std::ranges::all_of(areas_, [&](const GroupArea* area) {
    return (area->*mark).load(std::memory_order_acquire) >= number;
  });
}

void SharedGroup::publish(std::atomic<uint64_t> GroupArea::*mark, uint64_t number) {
  const auto own = static_cast<size_t>(rank_);
  (areas_[own]->*mark).store(number, std::memory_order_release);
  for (size_t r = 0; r < segments_.size(); ++r)
    if (r != own) segments_[r]->ring();
}

bool SharedGroup::stage() {
  if (!has_work(staging_)) return false;
  // The slot is free once all ranks have taken what it held.
  const uint64_t number = staging_.number;
  if (number >= GroupArea::kSlots && !reached(&GroupArea::taken, number + 1 - GroupArea::kSlots))
    return false;
  const Chunks& now = chunks(staging_);
  char* to = slot(rank_, staging_);
  if (staging_.chunk == 0)
    areas_[static_cast<size_t>(rank_)]->labels[number % GroupArea::kSlots] = label_of(now);
  if (now.scatters() || (now.call().kind == Kind::all_reduce && !now.direct())) {
    for (int r = 0; r < static_cast<int>(areas_.size()); ++r)
      if (r != rank_) now.pack(now.part(staging_.chunk, r), r, to + now.part_offset(r));
  } else if (now.call().kind != Kind::broadcast || now.call().root == rank_) {
    now.pack(now.part(staging_.chunk, rank_), rank_, to);
  }
  step(staging_);
  publish(&GroupArea::staged, staging_.number);
  return true;
}

bool SharedGroup::sum() {
  if (!has_work(summing_)) return false;
  const Chunks& now = chunks(summing_);
  if (now.call().kind != Kind::all_reduce || now.direct()) {
    step(summing_);  // there is nothing to sum, and nobody waits for the mark
    areas_[static_cast<size_t>(rank_)]->summed.store(summing_.number, std::memory_order_release);
    return true;
  }
  if (!reached(&GroupArea::staged, summing_.number + 1)) return false;
  compare_calls(summing_);
  const Chunks::Range range = now.part(summing_.chunk, rank_);
  for (int r = 0; r < static_cast<int>(areas_.size()); ++r)
    sources_[static_cast<size_t>(r)] = r == rank_ ? now.packed(range, r, scratch_.data())
                                                  : slot(r, summing_) + now.part_offset(rank_);
  reduce(now.call().reduction, now.call().wire, now.call().wire, sources_,
         slot(rank_, summing_) + now.part_offset(static_cast<int>(areas_.size())), range.size());
  step(summing_);
  publish(&GroupArea::summed, summing_.number);
  return true;
}

bool SharedGroup::take() {
  if (!has_work(taking_)) return false;
  const Chunks& now = chunks(taking_);
  const Kind kind = now.call().kind;
  const bool summed = kind == Kind::all_reduce && !now.direct();
  if (!reached(summed ? &GroupArea::summed : &GroupArea::staged, taking_.number + 1)) return false;
  if (!summed) compare_calls(taking_);
  const int ranks = static_cast<int>(areas_.size());
  const Chunks::Range range = now.part(taking_.chunk, rank_);
  if (summed) {
    for (int r = 0; r < ranks; ++r)
      now.unpack(now.part(taking_.chunk, r), r, slot(r, taking_) + now.part_offset(ranks),
                 now.call().wire);
  } else if (kind == Kind::all_reduce || kind == Kind::reduce_scatter) {
    for (int r = 0; r < ranks; ++r) {
      const char* from = slot(r, taking_) + (now.direct() ? 0 : now.part_offset(rank_));
      sources_[static_cast<size_t>(r)] =
          r == rank_ && !now.direct() ? now.packed(range, r, scratch_.data()) : from;
    }
    now.unpack_sum(range, sources_);
  } else {
    const bool parts = kind == Kind::all_to_all;
    for (int r = 0; r < ranks; ++r) {
      if (!now.travels(r, rank_)) continue;
      const char* from = slot(r, taking_) + (parts ? now.part_offset(rank_) : 0);
      if (parts && r == rank_) {
        now.unpack(range, r, now.packed(range, r, scratch_.data()), now.call().wire);
      } else {
        now.unpack(range, r, from, now.call().wire);
      }
    }
  }
  step(taking_);
  publish(&GroupArea::taken, taking_.number);
  return true;
}

void SharedGroup::compare_calls(const Cursor& cursor) const {
  if (cursor.chunk != 0) return;
  const CallLabel mine = label_of(chunks(cursor));
  for (size_t r = 0; r < areas_.size(); ++r)
    require_same(mine, rank_, areas_[r]->labels[cursor.number % GroupArea::kSlots],
                 static_cast<int>(r));
}

bool SharedGroup::advance() {
  if (calls_.empty()) return false;
  if (!connected_ && !connect()) return false;
  bool moved = stage();
  moved = sum() || moved;
  moved = take() || moved;
  // A collective that has been taken has been staged and summed before.
  for (; taking_.call > 0 && summing_.call > 0; ++finished_) {
    calls_.pop_front();
    --staging_.call;
    --summing_.call;
    --taking_.call;
  }
  return moved;
}

int SharedGroup::take_finished() { return std::exchange(finished_, 0); }

std::vector<int> SharedGroup::awaited() const {
  std::vector<int> missing;
  for (size_t r = 0; r < areas_.size(); ++r)
    if (!areas_[r] || areas_[r]->staged.load() <= taking_.number)
      missing.push_back(static_cast<int>(r));
  return missing;
}

}  // namespace tessera
