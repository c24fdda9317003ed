#include "framework/data/best_fit.h"

#include <algorithm>
#include <map>

#include "framework/core/error.h"

namespace tessera {

BestFitPacks::BestFitPacks(const TokenPart& part, uint64_t length, uint64_t window)
    : part_(part), length_(length), window_(window), first_{0} {
  check(length > 0 && window > 0, "packs of {} tokens, windows of {} documents", length, window);
  for (uint64_t w = 0; w * window_ < part_.piece_count(); ++w) {
    const Window packs = packed(pieces(w));
    first_.push_back(first_.back() + packs.full + packs.pack_count);
  }
}

std::vector<TokenPart::Piece> BestFitPacks::pieces(uint64_t window) const {
  std::vector<TokenPart::Piece> list;
  const uint64_t end = std::min((window + 1) * window_, part_.piece_count());
  for (uint64_t p = window * window_; p < end; ++p) list.push_back(part_.piece(p));
  return list;
}

BestFitPacks::Window BestFitPacks::packed(const std::vector<TokenPart::Piece>& pieces) const {
  Window window;
  for (const TokenPart::Piece& piece : pieces) {
    const uint64_t full = (piece.end - piece.begin) / length_;
    window.full += full;
    if (const uint64_t begin = piece.begin + full * length_; begin < piece.end)
      window.items.push_back({{begin, piece.end}});
  }
  std::ranges::stable_sort(window.items, std::ranges::greater{}, &Item::size);
  std::map<uint64_t, std::vector<uint32_t>> open;  // packs by the space that is left in them
  for (const Item& item : window.items) {
    uint64_t space = length_;
    auto pack = static_cast<uint32_t>(window.pack_count);
    if (const auto found = open.lower_bound(item.size()); found != open.end()) {
      space = found->first;
      pack = found->second.back();
      found->second.pop_back();
      if (found->second.empty()) open.erase(found);
    } else {
      ++window.pack_count;
    }
    window.packs.push_back(pack);
    if (space > item.size()) open[space - item.size()].push_back(pack);
  }
  return window;
}

std::vector<BestFitPacks::Stretch> BestFitPacks::pack(uint64_t index) const {
  check(index < count(), "pack {} of {}", index, count());
  const auto window =
      static_cast<uint64_t>(std::ranges::upper_bound(first_, index) - first_.begin()) - 1;
  uint64_t within = index - first_[window];
  const std::vector<TokenPart::Piece> all = pieces(window);
  for (const TokenPart::Piece& piece : all) {
    const uint64_t full = (piece.end - piece.begin) / length_;
    if (within < full)
      return {{piece.begin + within * length_, piece.begin + (within + 1) * length_}};
    within -= full;
  }
  const Window packs = packed(all);
  std::vector<Stretch> stretches;
  for (size_t i = 0; i < packs.items.size(); ++i)
    if (packs.packs[i] == within) stretches.push_back(packs.items[i].stretch);
  std::ranges::sort(stretches, {}, &Stretch::begin);
  return stretches;
}

double BestFitPacks::padding() const {
  return 1 - static_cast<double>(part_.token_count()) /
                 (static_cast<double>(count()) * static_cast<double>(length_));
}

}  // namespace tessera
