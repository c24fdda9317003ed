// attention: softmax(scale · q kᵀ + mask) v, tile by tile with a running maximum and sum per row
// (Milakov and Gimelshein 2018, 1805.02867; Dao et al. 2022, 2205.14135), summed in f32. Keys and
// values are packed once per call; then blocks of queries are independent of each other, so the
// bits do not depend on the number of threads. Tiles that no query of the block sees are not
// computed; at the edge of the mask products stop at the last visible key of each six rows.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/attention.cpp"
#include <hwy/foreach_target.h>

#include <cmath>
#include <limits>

#include "framework/kernels/cpu/shared/attention_dropout-inl.h"
#include "framework/kernels/cpu/shared/attention_few-inl.h"
#include "framework/kernels/cpu/shared/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// Running state of one row of the softmax.
struct RowState {
  float highest = -std::numeric_limits<float>::infinity(), sum = 0;
};

/// Turns products into exp(score - highest so far), zero where masked, and returns the factor by
/// which earlier sums must be multiplied.
template <bool masked>
HWY_INLINE float exponentiate(float* s, int64_t vectors, float scale, const TileRow& row,
                              RowState& state) {
  constexpr float kNothing = -std::numeric_limits<float>::infinity();
  VF most = splat(kNothing);
  for (int64_t i = 0; i < vectors * kLanes; i += kLanes) {
    VF x = hn::Mul(hn::LoadU(F32(), s + i), splat(scale));
    if constexpr (masked) x = hn::IfThenElse(visible(row, i), x, splat(kNothing));
    hn::StoreU(x, F32(), s + i);
    most = hn::Max(x, most);
  }
  const float highest = std::max(state.highest, hn::GetLane(hn::MaxOfLanes(F32(), most)));
  if (!(highest > kNothing)) {  // nothing is visible, or nothing but NaN
    for (int64_t i = 0; i < vectors * kLanes; i += kLanes)
      if (!hn::AllFalse(F32(), hn::IsNaN(hn::LoadU(F32(), s + i))))
        state.sum = std::numeric_limits<float>::quiet_NaN();
    std::fill_n(s, vectors * kLanes, 0.0f);
    return 1.0f;
  }
  VF total = splat(0.0f);
  for (int64_t i = 0; i < vectors * kLanes; i += kLanes) {
    const VF p = exp_of_negative(hn::Sub(hn::LoadU(F32(), s + i), splat(highest)));
    hn::StoreU(p, F32(), s + i);
    total = hn::Add(total, p);
  }
  const float rescale = state.highest == highest
                            ? 1.0f
                            : hn::GetLane(exp_of_negative(splat(state.highest - highest)));
  state.highest = highest;
  state.sum = state.sum * rescale + hn::GetLane(hn::SumOfLanes(F32(), total));
  return rescale;
}

/// T is the type of the operands; E is what is multiplied, floats or pairs of bf16.
template <class T, class E>
class AttentionForward {
 public:
  AttentionForward(const AttentionProblem& problem, const WeightDropout& dropout, int threads)
      : p_(problem),
        dropout_(dropout),
        slots_(threads),
        width_(whole_vectors(p_.head_dim) * kLanes),
        blocks_(whole_blocks(p_.keys)) {}

  size_t scratch_bytes() const {
    return sizeof(E) *
               static_cast<size_t>(key_blocks() * block_elements() + slots_ * slot_elements()) +
           static_cast<size_t>(key_blocks());
  }

  void run(const KernelArgs& args) const {
    E* packed = static_cast<E*>(args.scratch);
    E* slots = packed + key_blocks() * block_elements();
    auto* finite = reinterpret_cast<uint8_t*>(slots + slots_ * slot_elements());
    parallel_for(key_blocks(), 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i)
        if (is_seen(args, i)) finite[i] = pack(args, i, packed + i * block_elements());
    });
    const int64_t blocks = (p_.queries + kQueryBlock - 1) / kQueryBlock,
                  items = p_.batch * p_.heads * blocks;
    parallel_for(slots_, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t slot = begin; slot < end; ++slot)
        for (int64_t item = items * slot / slots_; item < items * (slot + 1) / slots_; ++item) {
          // Blocks are taken from both ends in turn: under a causal mask late blocks see more keys.
          const int64_t turn = item % blocks, block = turn % 2 ? blocks - 1 - turn / 2 : turn / 2;
          attend(args, item / blocks, block, packed, finite,
                 Slot(*this, slots + slot * slot_elements()));
        }
    });
  }

 private:
  /// Scratch of one thread: a block of queries, their sums of values, and one tile of weights with
  /// the form of it that is multiplied.
  struct Slot {
    E *q, *left;
    float *o, *weights;

    Slot(const AttentionForward& own, E* at)
        : q(at),
          left(q + kQueryBlock * own.width_),
          o(reinterpret_cast<float*>(left + kQueryBlock * kKeyBlock)),
          weights(o + kQueryBlock * own.width_) {
      if constexpr (kDepth<E> == 1) left = weights;
    }
  };
  /// A block of keys and values.
  struct Tile {
    int64_t key;
    const KeyDocuments* documents;  // null: documents do not matter
    const E *columns, *values;      // k by columns, v by rows
    const T* plain_values;
    bool finite;
  };

  int64_t key_blocks() const { return p_.batch * p_.groups * blocks_; }
  int64_t columns_elements() const { return kKeyBlock * elements<E>(p_.head_dim); }
  int64_t block_elements() const { return columns_elements() + elements<E>(kKeyBlock) * width_; }
  int64_t slot_elements() const { return kQueryBlock * (2 * width_ + 2 * kKeyBlock); }
  /// Where the rows of key block `index` start in k and v.
  int64_t key_offset(int64_t index) const {
    const int64_t head = index / blocks_, key = index % blocks_ * kKeyBlock;
    return (head / p_.groups * p_.keys + key) * p_.key_stride() + head % p_.groups * p_.head_dim;
  }

  /// Whether some query may see a key of this block: a cache is mostly empty at first.
  bool is_seen(const KernelArgs& args, int64_t index) const {
    const AttentionMask mask(p_, args, index / blocks_ / p_.groups);
    const int64_t key = index % blocks_ * kKeyBlock;
    return mask.range(0).first < key + kKeyBlock && mask.range(p_.queries - 1).last > key;
  }

  bool pack(const KernelArgs& args, int64_t index, E* to) const {
    const int64_t rows = std::min(kKeyBlock, p_.keys - index % blocks_ * kKeyBlock),
                  stride = p_.key_stride();
    const T *k = args.input<T>(1) + key_offset(index), *v = args.input<T>(2) + key_offset(index);
    pack_columns(k, stride, rows, p_.head_dim, to);
    pack_right(v, stride, rows, p_.head_dim, to + columns_elements());
    return all_finite(k, stride, rows, p_.head_dim) && all_finite(v, stride, rows, p_.head_dim);
  }

  /// Attends one block of queries of one head to all the keys that it sees.
  void attend(const KernelArgs& args, int64_t head, int64_t block, const E* packed,
              const uint8_t* finite, const Slot& slot) const {
    const int64_t entry = head / p_.heads, h = head % p_.heads, query = block * kQueryBlock;
    const AttentionMask mask(p_, args, entry);
    const QueryBlock queries(mask, query, std::min(kQueryBlock, p_.queries - query));
    const int64_t at = (entry * p_.queries + query) * p_.query_stride() + h * p_.head_dim;
    pack_left(args.input<T>(0) + at, p_.query_stride(), queries.rows, p_.head_dim, slot.q);
    std::fill_n(slot.o, queries.rows * width_, 0.0f);
    RowState states[kQueryBlock];
    const int64_t group = (entry * p_.groups + h / p_.heads_per_group()) * blocks_;
    each_tile(mask, queries, p_.keys, [&](int64_t key, const KeyDocuments* documents) {
      const int64_t index = group + key / kKeyBlock;
      const E* columns = packed + index * block_elements();
      add_tile(args, queries, head * p_.queries + query,
               {key, documents, columns, columns + columns_elements(),
                args.input<T>(2) + key_offset(index), finite[index] != 0},
               slot, states);
    });
    finish(args, queries.rows, at, head * p_.queries + query, slot.o, states);
  }

  void add_tile(const KernelArgs& args, const QueryBlock& queries, int64_t row_at, const Tile& tile,
                const Slot& slot, RowState* states) const {
    for (int64_t r = 0; r < queries.rows; r += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, queries.rows - r);
      const auto [first, last] = queries.seen_by(r, rows, tile.key);
      if (first >= last) continue;
      const int64_t across = whole_vectors(last), left_stride = width_ / kDepth<E>;
      float *s = slot.weights + r * kKeyBlock, *o = slot.o + r * width_;
      product<Order::rows, false>(rows, slot.q + r * left_stride, left_stride, tile.columns,
                                  kKeyBlock, elements<E>(p_.head_dim), s, kKeyBlock, across);
      bool masked = false;
      for (int64_t i = 0; i < rows; ++i) {
        const TileRow row = queries.row(r + i, tile.key, tile.documents);
        const bool all = row.sees_all(across * kLanes);
        masked |= !all;
        float* weights = s + i * kKeyBlock;
        const float rescale =
            all ? exponentiate<false>(weights, across, p_.scale, row, states[r + i])
                : exponentiate<true>(weights, across, p_.scale, row, states[r + i]);
        if (dropout_.on()) dropout_.apply(args, row_at + r + i, tile.key, across, weights);
        if (rescale == 1.0f) continue;
        for (int64_t n = i * width_; n < (i + 1) * width_; n += kLanes)
          hn::StoreU(hn::Mul(hn::LoadU(F32(), o + n), splat(rescale)), F32(), o + n);
      }
      if (masked && !tile.finite) {
        add_seen_values(rows, first, last, tile, s, o);
        continue;
      }
      constexpr int64_t stride = kKeyBlock / kDepth<E>;
      if constexpr (kDepth<E> == 2) pair_neighbours(s, rows * stride, slot.left + r * stride);
      const int64_t from = first / kDepth<E>;
      product<Order::rows, true>(rows, slot.left + r * stride + from, stride,
                                 tile.values + from * width_, width_, elements<E>(last) - from, o,
                                 width_, width_ / kLanes);
    }
  }

  /// Adds values without those of weight zero, so that masked values cannot leak: 0 · NaN is NaN.
  void add_seen_values(int64_t rows, int64_t first, int64_t last, const Tile& tile,
                       const float* weights, float* o) const {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = first; j < last; ++j)
        if (weights[r * kKeyBlock + j] != 0)
          add_row(tile.plain_values + j * p_.key_stride(), weights[r * kKeyBlock + j], p_.head_dim,
                  o + r * width_);
  }

  void finish(const KernelArgs& args, int64_t rows, int64_t at, int64_t lse_at, const float* o,
              const RowState* states) const {
    for (int64_t r = 0; r < rows; ++r) {
      const RowState& state = states[r];
      const bool blind = state.sum == 0;
      const VF factor = splat(blind ? 0.0f : 1.0f / state.sum);
      T* out = args.output<T>(0) + at + r * p_.query_stride();
      for (int64_t i = 0; i < p_.head_dim; i += kLanes)
        store_some(hn::Mul(hn::LoadU(F32(), o + r * width_ + i), factor), out + i, p_.head_dim - i);
      args.output<float>(1)[lse_at + r] = blind ? 0.0f : state.highest + std::log(state.sum);
    }
  }

  AttentionProblem p_;
  WeightDropout dropout_;
  int64_t slots_, width_, blocks_;
};

template <class T, class E>
Kernel make_forward(const KernelSpec& spec, const AttentionProblem& problem) {
  const AttentionForward<T, E> forward(problem, WeightDropout(spec, problem),
                                       std::max(1, spec.profile.threads));
  return {[forward](const KernelArgs& args) { forward.run(args); }, forward.scratch_bytes()};
}

Kernel make_attention(const KernelSpec& spec) {
  const AttentionProblem problem = attention_problem(spec, 3);
  const bool bf16 = problem.dtype == DType::bf16;
  // Packing pays when every key meets several queries; a step of generation reads each key once.
  if ((problem.queries == 1 || problem.queries * problem.heads_per_group() <= kFewQueries) &&
      problem.step < 0)
    return bf16 ? few_queries_kernel<bfloat16>(problem) : few_queries_kernel<float>(problem);
  if constexpr (kMultipliesPairs)
    if (bf16 && spec.profile.isa >= Isa::avx512_bf16)
      return make_forward<bfloat16, Pair>(spec, problem);
  return bf16 ? make_forward<bfloat16, float>(spec, problem)
              : make_forward<float, float>(spec, problem);
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {

HWY_EXPORT(make_attention);
Kernel attention_kernel(const KernelSpec& spec) {
  return TESSERA_SIMD(make_attention, spec.profile.isa)(spec);
}

}  // namespace tessera::cpu
#endif
