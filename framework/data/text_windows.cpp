#include "framework/data/text_windows.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {

TextWindows::TextWindows(const TokenPart& part, int64_t length, int64_t shortest)
    : part_(part), length_(static_cast<uint64_t>(length)) {
  check(length > 0 && shortest > 0, "windows of {} tokens", length);
  first_.reserve(part.piece_count() + 1);
  first_.push_back(0);
  for (uint64_t p = 0; p < part.piece_count(); ++p) {
    const Text text = text_of(p);
    const uint64_t n = text.end - text.begin;
    const bool enough = n >= static_cast<uint64_t>(shortest);
    first_.push_back(first_.back() + (enough ? (n + length_ - 1) / length_ : 0));
  }
}

TextWindows::Text TextWindows::text_of(uint64_t index) const {
  const TokenPart::Piece piece = part_.piece(index);
  const bool opened = piece.starts_document && part_.marks().opened();
  const bool closed = piece.ends_document && part_.marks().closed();
  const uint64_t begin = piece.begin + (opened ? 1 : 0);
  return {.piece = index, .begin = begin, .end = std::max(begin, piece.end - (closed ? 1 : 0))};
}

TextWindows::Window TextWindows::window(uint64_t index, double jitter) const {
  check(index < count(), "window {} of {}", index, count());
  const auto after = std::upper_bound(first_.begin(), first_.end(), index);
  const auto piece = static_cast<uint64_t>(after - first_.begin()) - 1;
  const Text text = text_of(piece);
  const uint64_t n = text.end - text.begin, windows = first_[piece + 1] - first_[piece];
  const uint64_t size = std::min(length_, n);
  const uint64_t starts = n - size + 1;  // each a full window
  const double place =
      (static_cast<double>(index - first_[piece]) + jitter) / static_cast<double>(windows);
  const auto start =
      std::min(starts - 1, static_cast<uint64_t>(place * static_cast<double>(starts)));
  return {
      .text = text, .begin = text.begin + start, .end = text.begin + start + size, .place = place};
}

}  // namespace tessera
