// What the tiled attention kernels share: the blocks of a problem, and the mask of a tile and of a
// row of it. Included once per target by files that use hwy/foreach_target.h.
#if defined(TESSERA_ATTENTION_TILES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_ATTENTION_TILES_INL_H
#undef TESSERA_ATTENTION_TILES_INL_H
#else
#define TESSERA_ATTENTION_TILES_INL_H
#endif

#include <algorithm>

#include "framework/kernels/cpu/shared/attention_pack-inl.h"
#include "framework/kernels/cpu/shared/attention_problem.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

inline constexpr int64_t kQueryBlock = 60;  // even, and a multiple of kTileRows
static_assert(kKeyBlock % kLanes == 0 && kQueryBlock % kTileRows == 0);

HWY_INLINE int64_t whole_blocks(int64_t n) { return (n + kKeyBlock - 1) / kKeyBlock; }

/// Which keys of a tile a row of the tile sees: positions [first, last) of the block, and only
/// those of document `document` if there are documents.
struct TileRow {
  int64_t first, last;
  /// Documents of the block's positions, in whole vectors; null: all keys are in one document.
  const int32_t* documents;
  int32_t document;

  bool sees_all(int64_t width) const { return first <= 0 && last >= width && documents == nullptr; }
};

HWY_INLINE hn::Mask<F32> visible(const TileRow& row, int64_t at) {
  const I32 d;
  const auto index = hn::Iota(d, static_cast<int32_t>(at));
  const auto bound = [&](int64_t x) {
    return hn::Set(d, static_cast<int32_t>(std::clamp<int64_t>(x, 0, kKeyBlock)));
  };
  auto mask = hn::AndNot(hn::Lt(index, bound(row.first)), hn::Lt(index, bound(row.last)));
  if (row.documents != nullptr)
    mask = hn::And(mask, hn::Eq(hn::LoadU(d, row.documents + at), hn::Set(d, row.document)));
  return hn::RebindMask(F32(), mask);
}

/// The documents of a run of positions.
template <int64_t capacity>
struct Documents {
  int32_t ids[capacity] = {}, least = 0, most = 0;

  Documents() = default;
  Documents(const int32_t* from, int64_t n) {
    std::copy_n(from, n, ids);
    least = *std::min_element(from, from + n);
    most = *std::max_element(from, from + n);
  }
};
using KeyDocuments = Documents<kKeyBlock>;

/// A block of queries, and what its rows see.
struct QueryBlock {
  int64_t rows = 0;
  KeyRange range[kQueryBlock] = {};
  int64_t first = 0, last = 0;  // keys that any row may see
  Documents<kQueryBlock> documents;

  QueryBlock(const AttentionMask& mask, int64_t query, int64_t count) : rows(count) {
    for (int64_t r = 0; r < rows; ++r) range[r] = mask.range(query + r);
    first = range[0].first;
    last = range[rows - 1].last;
    if (mask.documents() != nullptr) documents = {mask.documents() + query, rows};
  }

  /// Keys of the block that starts at `key` that some of the rows [r, r + count) may see, counted
  /// from `key`.
  KeyRange seen_by(int64_t r, int64_t count, int64_t key) const {
    return {std::max<int64_t>(0, range[r].first - key),
            std::min(kKeyBlock, range[r + count - 1].last - key)};
  }

  /// The mask of row `r` against the block that starts at `key`; a null `keys` says that documents
  /// do not matter there.
  TileRow row(int64_t r, int64_t key, const KeyDocuments* keys) const {
    return {range[r].first - key, range[r].last - key, keys ? keys->ids : nullptr,
            documents.ids[r]};
  }

  /// Whether no row is in a document of these keys.
  bool apart_from(const KeyDocuments& keys) const {
    return keys.most < documents.least || keys.least > documents.most;
  }
  /// Whether rows and keys are all in one document.
  bool one_with(const KeyDocuments& keys) const {
    return keys.least == keys.most && documents.least == documents.most &&
           keys.least == documents.least;
  }
};

/// Calls `tile(key, keys' documents or null)` for each key block that the queries may see.
template <class F>
HWY_INLINE void each_tile(const AttentionMask& mask, const QueryBlock& queries, int64_t keys,
                          const F& tile) {
  for (int64_t key = queries.first / kKeyBlock * kKeyBlock; key < queries.last; key += kKeyBlock) {
    if (mask.documents() == nullptr) {
      tile(key, nullptr);
      continue;
    }
    const KeyDocuments documents(mask.documents() + key, std::min(kKeyBlock, keys - key));
    if (!queries.apart_from(documents))
      tile(key, queries.one_with(documents) ? nullptr : &documents);
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
