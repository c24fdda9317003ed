// What the tiled attention kernels share: operands packed into blocks that the micro-kernel reads, the mask of a row of a
// tile, and products that skip zeros. Included once per target by files that use hwy/foreach_target.h.
//
// A packed operand is a sequence of blocks of kKeyBlock positions, zero-filled past the last: "rows" (position, feature)
// with the features padded to whole vectors, or "columns" (feature, position).
#if defined(TESSERA_ATTENTION_TILES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_ATTENTION_TILES_INL_H
#undef TESSERA_ATTENTION_TILES_INL_H
#else
#define TESSERA_ATTENTION_TILES_INL_H
#endif

#include "framework/kernels/cpu/attention_problem.h"
#include "framework/kernels/cpu/tile_product-inl.h"
#include "framework/kernels/cpu/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

inline constexpr int64_t kLanes = hn::MaxLanes(F32());
inline constexpr int64_t kKeyBlock = 64;    // a multiple of kLanes
inline constexpr int64_t kQueryBlock = 60;  // a multiple of kTileRows
static_assert(kKeyBlock % kLanes == 0 && kQueryBlock % kTileRows == 0);

HWY_INLINE int64_t whole_vectors(int64_t n) { return (n + kLanes - 1) / kLanes; }
HWY_INLINE int64_t whole_blocks(int64_t n) { return (n + kKeyBlock - 1) / kKeyBlock; }

/// x · 0 summed up is 0, or NaN when any x is not finite.
HWY_INLINE bool all_zero(VF sum) { return hn::AllTrue(F32(), hn::Eq(sum, splat(0.0f))); }

/// Up to a vector's worth of elements, zeros behind them.
template <class T>
HWY_INLINE VF load_some(const T* from, int64_t n) {
  if (n >= kLanes) return load(from);
  T some[kLanes] = {};
  for (int64_t i = 0; i < n; ++i) some[i] = from[i];
  return load(some);
}

/// The first `n` elements of a vector, or all.
template <class T>
HWY_INLINE void store_some(VF x, T* to, int64_t n) {
  if (n >= kLanes) return store(x, to);
  T some[kLanes];
  store(x, some);
  for (int64_t i = 0; i < n; ++i) to[i] = some[i];
}

/// Rows of `d` elements, `stride` apart, times `factor`, to rows of whole vectors. False when one is not finite.
template <class T>
HWY_INLINE bool pack_rows(const T* from, int64_t stride, int64_t rows, int64_t d, float factor,
                          float* to) {
  const int64_t width = whole_vectors(d) * kLanes;
  VF odd = splat(0.0f);
  for (int64_t row = 0; row < rows; ++row, from += stride, to += width)
    for (int64_t i = 0; i < d; i += kLanes) {
      const VF x = load_some(from + i, d - i);
      odd = hn::MulAdd(x, splat(0.0f), odd);
      hn::StoreU(hn::Mul(x, splat(factor)), F32(), to + i);
    }
  return all_zero(odd);
}

using F4 = hn::FixedTag<float, 4>;
HWY_INLINE hn::Vec<F4> load_four(const float* p) { return hn::LoadU(F4(), p); }
HWY_INLINE hn::Vec<F4> load_four(const bfloat16* p) {
  const hn::FixedTag<uint32_t, 4> d;
  const auto bits = hn::LoadU(hn::FixedTag<uint16_t, 4>(), reinterpret_cast<const uint16_t*>(p));
  return hn::BitCast(F4(), hn::ShiftLeft<16>(hn::PromoteTo(d, bits)));
}

/// One block of at most kKeyBlock rows of `d` elements, `stride` apart, to columns (d, kKeyBlock). False when an element
/// is not finite.
template <class T>
HWY_INLINE bool pack_columns(const T* from, int64_t stride, int64_t rows, int64_t d, float* to) {
  const F4 four;
  auto odd = hn::Zero(four);
  int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const T* source = from + row * stride;
    int64_t i = 0;
    for (; i + 4 <= d; i += 4) {
      const auto a = load_four(source + i), b = load_four(source + stride + i),
                 c = load_four(source + 2 * stride + i), e = load_four(source + 3 * stride + i);
      odd = hn::MulAdd(hn::Add(hn::Add(a, b), hn::Add(c, e)), hn::Zero(four), odd);
      const auto ac_low = hn::InterleaveLower(four, a, c),
                 ac_high = hn::InterleaveUpper(four, a, c);
      const auto be_low = hn::InterleaveLower(four, b, e),
                 be_high = hn::InterleaveUpper(four, b, e);
      float* target = to + i * kKeyBlock + row;
      hn::StoreU(hn::InterleaveLower(four, ac_low, be_low), four, target);
      hn::StoreU(hn::InterleaveUpper(four, ac_low, be_low), four, target + kKeyBlock);
      hn::StoreU(hn::InterleaveLower(four, ac_high, be_high), four, target + 2 * kKeyBlock);
      hn::StoreU(hn::InterleaveUpper(four, ac_high, be_high), four, target + 3 * kKeyBlock);
    }
    for (; i < d; ++i)
      for (int64_t r = 0; r < 4; ++r) {
        const auto x = static_cast<float>(source[r * stride + i]);
        odd = hn::MulAdd(hn::Set(four, x), hn::Zero(four), odd);
        to[i * kKeyBlock + row + r] = x;
      }
  }
  for (; row < kKeyBlock; ++row)
    for (int64_t i = 0; i < d; ++i) {
      const float x = row < rows ? static_cast<float>(from[row * stride + i]) : 0.0f;
      odd = hn::MulAdd(hn::Set(four, x), hn::Zero(four), odd);
      to[i * kKeyBlock + row] = x;
    }
  return hn::AllTrue(four, hn::Eq(odd, hn::Zero(four)));
}

/// Which keys of a tile a row of it sees: positions [first, last) of the block, of document `document` if there are any.
struct TileRow {
  int64_t first, last;
  const int32_t* documents;  // of the block's positions, whole vectors of them; null: all one
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

/// c (rows, width) += a · b without the terms whose factor in `a` is zero, so that what is masked cannot leak: 0 · NaN is NaN.
template <Order order>
HWY_INLINE void product_of_nonzeros(int64_t rows, const float* a, int64_t a_stride, const float* b,
                                    int64_t b_stride, int64_t k, float* c, int64_t c_stride,
                                    int64_t vectors) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t i = 0; i < k; ++i) {
      const float* x = order == Order::rows ? a + r * a_stride + i : a + i * a_stride + r;
      if (*x == 0.0f) continue;
      product<order, true>(1, x, a_stride, b + i * b_stride, b_stride, 1, c + r * c_stride,
                           c_stride, vectors);
    }
}

/// The document ids of a block, whole vectors of them, and their smallest and largest.
struct BlockDocuments {
  int32_t ids[kKeyBlock], least, most;

  BlockDocuments(const int32_t* from, int64_t n) {
    least = *std::min_element(from, from + n);
    most = *std::max_element(from, from + n);
    for (int64_t i = 0; i < kKeyBlock; ++i) ids[i] = i < n ? from[i] : from[n - 1];
  }
};

/// A block of queries: their visible ranges and documents.
struct QueryBlock {
  int64_t rows = 0;
  KeyRange range[kQueryBlock] = {};
  int64_t first = 0, last = 0;  // keys that any of them may see
  int32_t document[kQueryBlock] = {}, least = 0, most = 0;

  QueryBlock(const AttentionMask& mask, int64_t query, int64_t count) : rows(count) {
    for (int64_t r = 0; r < rows; ++r) range[r] = mask.range(query + r);
    first = range[0].first;
    last = range[rows - 1].last;
    if (mask.documents() == nullptr) return;
    std::copy_n(mask.documents() + query, rows, document);
    least = *std::min_element(document, document + rows);
    most = *std::max_element(document, document + rows);
  }

  /// Keys of the block that starts at `key` that some of the rows [r, r + count) may see, counted from `key`.
  KeyRange seen_by(int64_t r, int64_t count, int64_t key) const {
    return {std::max<int64_t>(0, range[r].first - key),
            std::min(kKeyBlock, range[r + count - 1].last - key)};
  }

  /// Row `r` against the key block that starts at `key`.
  TileRow row(int64_t r, int64_t key, const BlockDocuments* documents) const {
    return {range[r].first - key, range[r].last - key, documents ? documents->ids : nullptr,
            documents ? document[r] : 0};
  }
};

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
