// attention_grad: cotangents of q, k and v. The probabilities are made again tile by tile from q, k and the saved
// log-sum-exp (Dao et al. 2022, 2205.14135, algorithm 4):
//   p = exp(s - lse), ds = p ∘ (do vᵀ - rowsum(do ∘ o)), dq = scale · ds k, dk = scale · dsᵀ q, dv = pᵀ do
// One key/value head of one batch entry is one piece of work, with the query heads that share it one after the other: sums
// have one order, whatever the number of threads. At the edge of the mask products stop at what is visible.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/attention_grad.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// p and ds of one row from its scores and do · v; zeros from `vectors` on and where masked.
template <bool masked>
HWY_INLINE void differentiate(float* p, float* ds, int64_t vectors, const TileRow& row, float lse,
                              float delta) {
  int64_t i = 0;
  for (; i < vectors * kLanes; i += kLanes) {
    VF weight = exp_of_negative(hn::Sub(hn::LoadU(F32(), p + i), splat(lse)));
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

template <class T>
class AttentionBackward {
 public:
  AttentionBackward(const AttentionProblem& problem, int threads)
      : p_(problem),
        slots_(threads),
        width_(whole_vectors(p_.head_dim) * kLanes),
        blocks_(whole_blocks(p_.keys)) {}

  size_t scratch_bytes() const {
    return static_cast<size_t>(slots_ * slot_elements()) * sizeof(float);
  }

  void run(const KernelArgs& args) const {
    const int64_t items = p_.batch * p_.groups;
    parallel_for(slots_, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t slot = begin; slot < end; ++slot)
        for (int64_t item = items * slot / slots_; item < items * (slot + 1) / slots_; ++item)
          differentiate_group(
              args, item / p_.groups, item % p_.groups,
              Slot(*this, static_cast<float*>(args.scratch) + slot * slot_elements()));
    });
  }

 private:
  /// Scratch of one thread. Per key block: k and v by columns, k by rows, sums of dk and dv; per query: scaled q, do, the
  /// sum of dq, lse and delta = rowsum(do ∘ o); one tile of p and of ds.
  struct Slot {
    float *k_columns, *v_columns, *k_rows, *dk, *dv, *q, *dy, *dq, *lse, *delta, *p, *ds;
    uint8_t* finite;

    Slot(const AttentionBackward& own, float* at) {
      const auto take = [&](int64_t elements) { return std::exchange(at, at + elements); };
      const int64_t keys = own.blocks_ * kKeyBlock, queries = own.padded_queries();
      k_columns = take(keys * own.p_.head_dim);
      v_columns = take(keys * own.p_.head_dim);
      for (float** rows : {&k_rows, &dk, &dv}) *rows = take(keys * own.width_);
      for (float** rows : {&q, &dy, &dq}) *rows = take(queries * own.width_);
      for (float** column : {&lse, &delta}) *column = take(queries);
      for (float** tile : {&p, &ds}) *tile = take(kQueryBlock * kKeyBlock);
      finite = reinterpret_cast<uint8_t*>(at);
    }
  };

  int64_t padded_queries() const { return (p_.queries + 15) / 16 * 16; }
  int64_t slot_elements() const {
    const int64_t elements = blocks_ * kKeyBlock * (2 * p_.head_dim + 3 * width_) +
                             padded_queries() * (3 * width_ + 2) + 2 * kQueryBlock * kKeyBlock +
                             blocks_;
    return (elements + 15) / 16 * 16;
  }

  void differentiate_group(const KernelArgs& args, int64_t entry, int64_t group,
                           const Slot& slot) const {
    const int64_t stride = p_.key_stride(), d = p_.head_dim,
                  from = entry * p_.keys * stride + group * d;
    for (int64_t j = 0; j < blocks_; ++j) {
      const int64_t key = j * kKeyBlock, rows = std::min(kKeyBlock, p_.keys - key);
      const T *k = args.input<T>(1) + from + key * stride,
              *v = args.input<T>(2) + from + key * stride;
      const bool finite = pack_columns(k, stride, rows, d, slot.k_columns + key * d);
      slot.finite[j] = pack_columns(v, stride, rows, d, slot.v_columns + key * d) && finite;
      pack_rows(k, stride, rows, d, 1.0f, slot.k_rows + key * width_);
    }
    std::fill_n(slot.dk, blocks_ * kKeyBlock * width_, 0.0f);
    std::fill_n(slot.dv, blocks_ * kKeyBlock * width_, 0.0f);
    const int64_t share = p_.heads_per_group();
    for (int64_t head = group * share; head < (group + 1) * share; ++head)
      differentiate_head(args, entry, head, slot);
    unpack(slot.dk, args.output<T>(1) + from, stride, p_.keys, 1.0f);
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
    const int64_t stride = p_.query_stride(), d = p_.head_dim,
                  from = entry * p_.queries * stride + head * d;
    bool finite = pack_rows(args.input<T>(0) + from, stride, p_.queries, d, p_.scale, slot.q);
    finite = pack_rows(args.input<T>(5) + from, stride, p_.queries, d, 1.0f, slot.dy) && finite;
    const float* lse = args.input<float>(4) + (entry * p_.heads + head) * p_.queries;
    for (int64_t i = 0; i < p_.queries; ++i) {
      const T* o = args.input<T>(3) + from + i * stride;
      VF sum = splat(0.0f);
      for (int64_t n = 0; n < d; n += kLanes)
        sum = hn::MulAdd(load_some(o + n, d - n), hn::LoadU(F32(), slot.dy + i * width_ + n), sum);
      slot.delta[i] = hn::GetLane(hn::SumOfLanes(F32(), sum));
      slot.lse[i] = lse[i];
    }
    std::fill_n(slot.dq, p_.queries * width_, 0.0f);
    const AttentionMask mask(p_, args, entry);
    for (int64_t query = 0; query < p_.queries; query += kQueryBlock)
      differentiate_block(mask, query, finite, slot);
    unpack(slot.dq, args.output<T>(0) + from, stride, p_.queries, p_.scale);
  }

  /// One block of queries against all the keys it sees.
  void differentiate_block(const AttentionMask& mask, int64_t query, bool finite,
                           const Slot& slot) const {
    const QueryBlock queries(mask, query, std::min(kQueryBlock, p_.queries - query));
    for (int64_t j = queries.first / kKeyBlock; j * kKeyBlock < queries.last; ++j) {
      const int64_t key = j * kKeyBlock;
      const bool clean = finite && slot.finite[j];
      if (mask.documents() == nullptr) {
        differentiate_tile(queries, query, key, nullptr, clean, slot);
        continue;
      }
      const BlockDocuments documents(mask.documents() + key, std::min(kKeyBlock, p_.keys - key));
      if (documents.most < queries.least || documents.least > queries.most) continue;
      const bool one = documents.least == documents.most && queries.least == queries.most;
      differentiate_tile(queries, query, key, one ? nullptr : &documents, clean, slot);
    }
  }

  void differentiate_tile(const QueryBlock& queries, int64_t query, int64_t key,
                          const BlockDocuments* documents, bool clean, const Slot& slot) const {
    const int64_t d = p_.head_dim, vectors = width_ / kLanes;
    const float *q = slot.q + query * width_, *dy = slot.dy + query * width_;
    bool masked = false;
    for (int64_t r = 0; r < queries.rows; r += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, queries.rows - r);
      const KeyRange seen = queries.seen_by(r, rows, key);
      if (seen.first >= seen.last) continue;
      const int64_t across = whole_vectors(seen.last);
      float *p = slot.p + r * kKeyBlock, *ds = slot.ds + r * kKeyBlock;
      product<Order::rows, false>(rows, q + r * width_, width_, slot.k_columns + key * d, kKeyBlock,
                                  d, p, kKeyBlock, across);
      product<Order::rows, false>(rows, dy + r * width_, width_, slot.v_columns + key * d,
                                  kKeyBlock, d, ds, kKeyBlock, across);
      for (int64_t i = 0; i < rows; ++i) {
        const TileRow row = queries.row(r + i, key, documents);
        const float lse = slot.lse[query + r + i], delta = slot.delta[query + r + i];
        const bool all = row.sees_all(across * kLanes);
        masked |= !all;
        all ? differentiate<false>(p + i * kKeyBlock, ds + i * kKeyBlock, across, row, lse, delta)
            : differentiate<true>(p + i * kKeyBlock, ds + i * kKeyBlock, across, row, lse, delta);
      }
    }
    const auto add = [&]<Order order>(std::integral_constant<Order, order>, int64_t rows,
                                      const float* a, const float* b, int64_t k, float* c) {
      if (clean || !masked)
        product<order, true>(rows, a, kKeyBlock, b, width_, k, c, width_, vectors);
      else
        product_of_nonzeros<order>(rows, a, kKeyBlock, b, width_, k, c, width_, vectors);
    };
    const std::integral_constant<Order, Order::rows> by_rows;
    const std::integral_constant<Order, Order::transposed> by_columns;
    for (int64_t r = 0; r < queries.rows; r += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, queries.rows - r);
      const KeyRange seen = queries.seen_by(r, rows, key);
      if (seen.first >= seen.last) continue;
      add(by_rows, rows, slot.ds + r * kKeyBlock + seen.first,
          slot.k_rows + (key + seen.first) * width_, seen.last - seen.first,
          slot.dq + (query + r) * width_);
    }
    int64_t first = 0, last = 0;  // the rows that see a group of keys
    for (int64_t c = 0; c < kKeyBlock; c += kTileRows) {
      const int64_t columns = std::min<int64_t>(kTileRows, kKeyBlock - c);
      while (first < queries.rows && queries.range[first].last <= key + c) ++first;
      while (last < queries.rows && queries.range[last].first < key + c + columns) ++last;
      if (first >= last) continue;
      const int64_t from = first * kKeyBlock + c, to = (key + c) * width_;
      add(by_columns, columns, slot.p + from, dy + first * width_, last - first, slot.dv + to);
      add(by_columns, columns, slot.ds + from, q + first * width_, last - first, slot.dk + to);
    }
  }

  AttentionProblem p_;
  int64_t slots_, width_, blocks_;
};

template <class T>
Kernel make_backward(const AttentionProblem& problem, int threads) {
  const AttentionBackward<T> backward(problem, threads);
  return {[backward](const KernelArgs& args) { backward.run(args); }, backward.scratch_bytes()};
}

Kernel make_attention_grad(const KernelSpec& spec) {
  const AttentionProblem problem = attention_problem(spec, 6);
  const int threads = std::max(1, spec.profile.threads);
  return problem.dtype == DType::f32 ? make_backward<float>(problem, threads)
                                     : make_backward<bfloat16>(problem, threads);
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
