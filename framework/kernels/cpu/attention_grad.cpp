// attention_grad: cotangents of q, k and v. The probabilities are made again tile by tile from q, k
// and the saved log-sum-exp (Dao et al. 2022, 2205.14135, algorithm 4):
//   p = exp(s - lse), ds = p ∘ (m ∘ do vᵀ - rowsum(do ∘ o)),
//   dq = scale · ds k, dk = scale · dsᵀ q, dv = (m ∘ p)ᵀ do
// where m is what dropout multiplied the probabilities with, or 1. One key/value head of one batch
// entry is one piece of work, in which the query heads that share it are done one after the other:
// sums have one order, whatever the number of threads. At the edge of the mask products stop at
// what is visible.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/attention_grad.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/attention_dropout-inl.h"
#include "framework/kernels/cpu/shared/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// Computes p and ds of one row from its products q · k and do · v; zeros from `vectors` on and
/// where masked.
template <bool masked>
HWY_INLINE void differentiate(float* p, float* ds, int64_t vectors, float scale, const TileRow& row,
                              float lse, float delta) {
  int64_t i = 0;
  for (; i < vectors * kLanes; i += kLanes) {
    const VF score = hn::Mul(hn::LoadU(F32(), p + i), splat(scale));
    VF weight = exp_of_negative(hn::Sub(score, splat(lse)));
    VF slope = hn::Mul(weight, hn::Sub(hn::LoadU(F32(), ds + i), splat(delta)));
    if constexpr (masked) {
      const auto mask = visible(row, i);
      weight = hn::IfThenElseZero(mask, weight);
      slope = hn::IfThenElseZero(mask, slope);
    }
    hn::StoreU(weight, F32(), p + i);
    hn::StoreU(slope, F32(), ds + i);
  }
  for (; i < kKeyBlock; i += kLanes) {
    hn::StoreU(splat(0.0f), F32(), p + i);
    hn::StoreU(splat(0.0f), F32(), ds + i);
  }
}

/// T is the type of the operands; E is what is multiplied, floats or pairs of bf16.
template <class T, class E>
class AttentionBackward {
 public:
  AttentionBackward(const AttentionProblem& problem, const WeightDropout& dropout, int threads)
      : p_(problem),
        dropout_(dropout),
        slots_(threads),
        width_(whole_vectors(p_.head_dim) * kLanes),
        blocks_(whole_blocks(p_.keys)) {}

  size_t scratch_bytes() const { return static_cast<size_t>(slots_ * slot_elements()) * sizeof(E); }

  void run(const KernelArgs& args) const {
    const int64_t items = p_.batch * p_.groups;
    parallel_for(slots_, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t slot = begin; slot < end; ++slot) {
        const Slot own(*this, static_cast<E*>(args.scratch) + slot * slot_elements());
        for (int64_t item = items * slot / slots_; item < items * (slot + 1) / slots_; ++item)
          differentiate_group(args, item / p_.groups, item % p_.groups, own);
      }
    });
  }

 private:
  static constexpr bool kPairs = kDepth<E> == 2;
  static constexpr int64_t kTile = kQueryBlock * kKeyBlock;

  /// Scratch of one thread.
  struct Slot {
    // Buffers for one key/value head.
    E *k_columns, *v_columns, *k_right;
    float *dk, *dv;
    uint8_t* finite;  // whether each key block is finite
    // Buffers for one query head; delta = rowsum(do ∘ o).
    E *q_left, *q_right, *dy_left, *dy_right;
    float *dq, *lse, *delta;
    // Buffers for one tile, and for the forms of it that are multiplied: by rows, and by columns.
    float *p, *ds;
    E *ds_left, *p_columns, *ds_columns;

    Slot(const AttentionBackward& own, E* at) {
      const auto take = [&](int64_t n) { return std::exchange(at, at + n); };
      const auto take_floats = [&](int64_t n) { return reinterpret_cast<float*>(take(n)); };
      const int64_t keys = own.blocks_ * kKeyBlock, queries = own.padded_queries(),
                    width = own.width_;
      k_columns = take(keys * elements<E>(own.p_.head_dim));
      v_columns = take(keys * elements<E>(own.p_.head_dim));
      k_right = take(keys / kDepth<E> * width);
      dk = take_floats(keys * width);
      dv = take_floats(keys * width);
      q_left = take(queries * width / kDepth<E>);
      dy_left = take(queries * width / kDepth<E>);
      q_right = kPairs ? take(queries / kDepth<E> * width) : q_left;
      dy_right = kPairs ? take(queries / kDepth<E> * width) : dy_left;
      dq = take_floats(queries * width);
      lse = take_floats(queries);
      delta = take_floats(queries);
      p = take_floats(kTile);
      ds = take_floats(kTile);
      ds_left = kPairs ? take(kTile / kDepth<E>) : reinterpret_cast<E*>(ds);
      p_columns = kPairs ? take(kTile / kDepth<E>) : reinterpret_cast<E*>(p);
      ds_columns = kPairs ? take(kTile / kDepth<E>) : ds_left;
      finite = reinterpret_cast<uint8_t*>(at);
    }
  };

  int64_t padded_queries() const { return (p_.queries + 15) / 16 * 16; }
  int64_t slot_elements() const {
    const int64_t keys = blocks_ * kKeyBlock;
    int64_t n = keys * (2 * elements<E>(p_.head_dim) + 2 * width_) + keys / kDepth<E> * width_;
    n += padded_queries() * (3 * width_ + 2) + 2 * kTile + (kPairs ? 3 * kTile / 2 : 0) + blocks_;
    return (n + 15) / 16 * 16;
  }

  void differentiate_group(const KernelArgs& args, int64_t entry, int64_t group,
                           const Slot& slot) const {
    const int64_t stride = p_.key_stride(), d = p_.head_dim,
                  from = entry * p_.keys * stride + group * d;
    for (int64_t j = 0; j < blocks_; ++j) {
      const int64_t key = j * kKeyBlock, rows = std::min(kKeyBlock, p_.keys - key);
      const T *k = args.input<T>(1) + from + key * stride,
              *v = args.input<T>(2) + from + key * stride;
      pack_columns(k, stride, rows, d, slot.k_columns + key * elements<E>(d));
      pack_columns(v, stride, rows, d, slot.v_columns + key * elements<E>(d));
      pack_right(k, stride, rows, d, slot.k_right + key / kDepth<E> * width_);
      slot.finite[j] = all_finite(k, stride, rows, d) && all_finite(v, stride, rows, d);
    }
    std::fill_n(slot.dk, blocks_ * kKeyBlock * width_, 0.0f);
    std::fill_n(slot.dv, blocks_ * kKeyBlock * width_, 0.0f);
    const int64_t share = p_.heads_per_group();
    for (int64_t head = group * share; head < (group + 1) * share; ++head)
      differentiate_head(args, entry, head, slot);
    unpack(slot.dk, args.output<T>(1) + from, stride, p_.keys, p_.scale);
    unpack(slot.dv, args.output<T>(2) + from, stride, p_.keys, 1.0f);
  }

  void unpack(const float* from, T* to, int64_t stride, int64_t rows, float factor) const {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t i = 0; i < p_.head_dim; i += kLanes)
        store_some(hn::Mul(hn::LoadU(F32(), from + row * width_ + i), splat(factor)),
                   to + row * stride + i, p_.head_dim - i);
  }

  void differentiate_head(const KernelArgs& args, int64_t entry, int64_t head,
                          const Slot& slot) const {
    const int64_t stride = p_.query_stride(), d = p_.head_dim, rows = p_.queries,
                  from = entry * rows * stride + head * d;
    const T *q = args.input<T>(0) + from, *o = args.input<T>(3) + from,
            *dy = args.input<T>(5) + from;
    const float* lse = args.input<float>(4) + (entry * p_.heads + head) * rows;
    pack_left(q, stride, rows, d, slot.q_left);
    pack_left(dy, stride, rows, d, slot.dy_left);
    if constexpr (kPairs) {
      pack_right(q, stride, rows, d, slot.q_right);
      pack_right(dy, stride, rows, d, slot.dy_right);
    }
    for (int64_t i = 0; i < rows; ++i) {
      VF sum = splat(0.0f);
      for (int64_t n = 0; n < d; n += kLanes)
        sum = hn::MulAdd(load_some(o + i * stride + n, d - n),
                         load_some(dy + i * stride + n, d - n), sum);
      slot.delta[i] = hn::GetLane(hn::SumOfLanes(F32(), sum));
      slot.lse[i] = lse[i];
    }
    std::fill_n(slot.dq, rows * width_, 0.0f);
    const bool finite = all_finite(q, stride, rows, d) && all_finite(dy, stride, rows, d);
    const AttentionMask mask(p_, args, entry);
    const int64_t kv = entry * p_.keys * p_.key_stride() + head / p_.heads_per_group() * d;
    const T* k = args.input<T>(1) + kv;
    for (int64_t query = 0; query < rows; query += kQueryBlock) {
      const QueryBlock queries(mask, query, std::min(kQueryBlock, rows - query));
      each_tile(mask, queries, p_.keys, [&](int64_t key, const KeyDocuments* documents) {
        const bool masked =
            make_tile(args, queries, (entry * p_.heads + head) * rows, query, key, documents, slot);
        if (masked && !(finite && slot.finite[key / kKeyBlock]))
          add_seen(queries, query, key, q + query * stride, dy + query * stride,
                   k + key * p_.key_stride(), slot);
        else
          add_tile(queries, query, key, slot);
      });
    }
    unpack(slot.dq, args.output<T>(0) + from, stride, rows, p_.scale);
  }

  /// Makes p (with its dropout) and ds of one tile of the head whose rows start at `row_at`.
  /// Returns true when some row does not see all of the tile.
  bool make_tile(const KernelArgs& args, const QueryBlock& queries, int64_t row_at, int64_t query,
                 int64_t key, const KeyDocuments* documents, const Slot& slot) const {
    const int64_t depth = elements<E>(p_.head_dim), left = width_ / kDepth<E>;
    bool masked = false;
    for (int64_t r = 0; r < queries.rows; r += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, queries.rows - r);
      const KeyRange seen = queries.seen_by(r, rows, key);
      if (seen.first >= seen.last) continue;
      const int64_t across = whole_vectors(seen.last);
      float *p = slot.p + r * kKeyBlock, *ds = slot.ds + r * kKeyBlock;
      product<Order::rows, false>(rows, slot.q_left + (query + r) * left, left,
                                  slot.k_columns + key * depth, kKeyBlock, depth, p, kKeyBlock,
                                  across);
      product<Order::rows, false>(rows, slot.dy_left + (query + r) * left, left,
                                  slot.v_columns + key * depth, kKeyBlock, depth, ds, kKeyBlock,
                                  across);
      for (int64_t i = 0; i < rows; ++i) {
        const TileRow row = queries.row(r + i, key, documents);
        const float lse = slot.lse[query + r + i], delta = slot.delta[query + r + i];
        const bool all = row.sees_all(across * kLanes);
        masked |= !all;
        float *weights = p + i * kKeyBlock, *slopes = ds + i * kKeyBlock;
        const int64_t dropout_row = row_at + query + r + i;
        if (dropout_.on()) dropout_.apply(args, dropout_row, key, across, slopes);
        all ? differentiate<false>(weights, slopes, across, p_.scale, row, lse, delta)
            : differentiate<true>(weights, slopes, across, p_.scale, row, lse, delta);
        if (dropout_.on()) dropout_.apply(args, dropout_row, key, across, weights);
      }
      if constexpr (kPairs) {
        if (rows % 2 == 1) {
          std::fill_n(p + rows * kKeyBlock, kKeyBlock, 0.0f);
          std::fill_n(ds + rows * kKeyBlock, kKeyBlock, 0.0f);
        }
        pair_neighbours(ds, rows * kKeyBlock / 2, slot.ds_left + r * kKeyBlock / 2);
        for (int64_t i = 0; i < rows; i += 2) {
          const int64_t at = (r + i) / 2 * kKeyBlock;
          pair_rows(p + i * kKeyBlock, p + (i + 1) * kKeyBlock, kKeyBlock, slot.p_columns + at);
          pair_rows(ds + i * kKeyBlock, ds + (i + 1) * kKeyBlock, kKeyBlock, slot.ds_columns + at);
        }
      }
    }
    return masked;
  }

  /// Adds a tile's share of dq, dv and dk.
  void add_tile(const QueryBlock& queries, int64_t query, int64_t key, const Slot& slot) const {
    const int64_t vectors = width_ / kLanes;
    for (int64_t r = 0; r < queries.rows; r += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, queries.rows - r);
      const KeyRange seen = queries.seen_by(r, rows, key);
      if (seen.first >= seen.last) continue;
      constexpr int64_t stride = kKeyBlock / kDepth<E>;
      const int64_t first = seen.first / kDepth<E>;
      product<Order::rows, true>(rows, slot.ds_left + r * stride + first, stride,
                                 slot.k_right + (key / kDepth<E> + first) * width_, width_,
                                 elements<E>(seen.last) - first, slot.dq + (query + r) * width_,
                                 width_, vectors);
    }
    int64_t first = 0, last = 0;  // the rows that see a group of keys
    for (int64_t c = 0; c < kKeyBlock; c += kTileRows) {
      const int64_t columns = std::min<int64_t>(kTileRows, kKeyBlock - c);
      while (first < queries.rows && queries.range[first].last <= key + c) ++first;
      while (last < queries.rows && queries.range[last].first < key + c + columns) ++last;
      if (first >= last) continue;
      const int64_t from = first / kDepth<E>, count = elements<E>(last) - from,
                    at = (query / kDepth<E> + from) * width_;
      product<Order::transposed, true>(columns, slot.p_columns + from * kKeyBlock + c, kKeyBlock,
                                       slot.dy_right + at, width_, count,
                                       slot.dv + (key + c) * width_, width_, vectors);
      product<Order::transposed, true>(columns, slot.ds_columns + from * kKeyBlock + c, kKeyBlock,
                                       slot.q_right + at, width_, count,
                                       slot.dk + (key + c) * width_, width_, vectors);
    }
  }

  /// Adds a tile's share of dq, dv and dk without what is masked, so that it cannot leak: 0 · NaN
  /// is NaN.
  void add_seen(const QueryBlock& queries, int64_t query, int64_t key, const T* q, const T* dy,
                const T* k, const Slot& slot) const {
    const int64_t d = p_.head_dim, keys = std::min(kKeyBlock, p_.keys - key);
    for (int64_t r = 0; r < queries.rows; ++r) {
      const KeyRange seen = queries.seen_by(r, 1, key);
      for (int64_t j = seen.first; j < std::min(seen.last, keys); ++j) {
        const float p = slot.p[r * kKeyBlock + j], ds = slot.ds[r * kKeyBlock + j];
        if (p != 0) add_row(dy + r * p_.query_stride(), p, d, slot.dv + (key + j) * width_);
        if (ds == 0) continue;
        add_row(q + r * p_.query_stride(), ds, d, slot.dk + (key + j) * width_);
        add_row(k + j * p_.key_stride(), ds, d, slot.dq + (query + r) * width_);
      }
    }
  }

  AttentionProblem p_;
  WeightDropout dropout_;
  int64_t slots_, width_, blocks_;
};

template <class T, class E>
Kernel make_backward(const KernelSpec& spec, const AttentionProblem& problem) {
  const AttentionBackward<T, E> backward(problem, WeightDropout(spec, problem),
                                         std::max(1, spec.profile.threads));
  return {[backward](const KernelArgs& args) { backward.run(args); }, backward.scratch_bytes()};
}

Kernel make_attention_grad(const KernelSpec& spec) {
  const AttentionProblem problem = attention_problem(spec, 6);
  const bool bf16 = problem.dtype == DType::bf16;
  if constexpr (kMultipliesPairs)
    if (bf16 && spec.profile.isa >= Isa::avx512_bf16)
      return make_backward<bfloat16, Pair>(spec, problem);
  return bf16 ? make_backward<bfloat16, float>(spec, problem)
              : make_backward<float, float>(spec, problem);
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {

HWY_EXPORT(make_attention_grad);
Kernel attention_grad_kernel(const KernelSpec& spec) {
  return TESSERA_SIMD(make_attention_grad, spec.profile.isa)(spec);
}

}  // namespace tessera::cpu
#endif
