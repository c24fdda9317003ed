// attention: softmax(scale · q kᵀ + mask) v, tile by tile with a running maximum and sum per row (Milakov and Gimelshein
// 2018, 1805.02867; Dao et al. 2022, 2205.14135), all in f32. Keys and values are packed once per call; then blocks of
// queries are independent of each other, so the bits do not depend on the number of threads. Tiles that no query of the
// block sees are not computed; at the edge of the mask products stop at the last visible key of each six rows.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/attention.cpp"
#include <hwy/foreach_target.h>

#include <cmath>
#include <limits>

#include "framework/kernels/cpu/attention_few-inl.h"
#include "framework/kernels/cpu/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// Running state of one row of the softmax.
struct RowState {
  float highest = -std::numeric_limits<float>::infinity(), sum = 0;
};

/// Turns scores into exp(score - highest so far), zero where masked; gives what earlier sums must be multiplied by.
template <bool masked>
HWY_INLINE float exponentiate(float* s, int64_t vectors, const TileRow& row, RowState& state) {
  constexpr float kNothing = -std::numeric_limits<float>::infinity();
  VF most = splat(kNothing);
  for (int64_t i = 0; i < vectors * kLanes; i += kLanes) {
    VF x = hn::LoadU(F32(), s + i);
    if constexpr (masked) {
      x = hn::IfThenElse(visible(row, i), x, splat(kNothing));
      hn::StoreU(x, F32(), s + i);
    }
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
  const float rescale = state.highest == highest ? 1.0f : std::exp(state.highest - highest);
  state.highest = highest;
  state.sum = state.sum * rescale + hn::GetLane(hn::SumOfLanes(F32(), total));
  return rescale;
}

template <class T>
class AttentionForward {
 public:
  AttentionForward(const AttentionProblem& problem, int threads)
      : p_(problem),
        slots_(threads),
        width_(whole_vectors(p_.head_dim) * kLanes),
        blocks_(whole_blocks(p_.keys)) {}

  size_t scratch_bytes() const {
    return sizeof(float) * static_cast<size_t>(p_.batch * p_.groups * blocks_ * block_elements() +
                                               slots_ * slot_elements()) +
           static_cast<size_t>(p_.batch * p_.groups * blocks_);
  }

  void run(const KernelArgs& args) const {
    float* packed = static_cast<float*>(args.scratch);
    float* slots = packed + p_.batch * p_.groups * blocks_ * block_elements();
    auto* finite = reinterpret_cast<uint8_t*>(slots + slots_ * slot_elements());
    parallel_for(p_.batch * p_.groups * blocks_, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i)
        finite[i] = pack(args, i, packed + i * block_elements());
    });
    const int64_t blocks = (p_.queries + kQueryBlock - 1) / kQueryBlock,
                  items = p_.batch * p_.heads * blocks;
    parallel_for(slots_, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t slot = begin; slot < end; ++slot)
        for (int64_t item = items * slot / slots_; item < items * (slot + 1) / slots_; ++item) {
          // From both ends in turn: under a causal mask late blocks see more keys.
          const int64_t turn = item % blocks, block = turn % 2 ? blocks - 1 - turn / 2 : turn / 2;
          attend(args, item / blocks, block, packed, finite, slots + slot * slot_elements());
        }
    });
  }

 private:
  int64_t block_elements() const {
    return kKeyBlock * (p_.head_dim + width_);
  }  // columns of k, rows of v
  int64_t slot_elements() const { return kQueryBlock * (2 * width_ + kKeyBlock); }

  bool pack(const KernelArgs& args, int64_t index, float* to) const {
    const int64_t head = index / blocks_, key = index % blocks_ * kKeyBlock,
                  rows = std::min(kKeyBlock, p_.keys - key);
    const int64_t from =
        (head / p_.groups * p_.keys + key) * p_.key_stride() + head % p_.groups * p_.head_dim;
    const bool k = pack_columns(args.input<T>(1) + from, p_.key_stride(), rows, p_.head_dim, to);
    const bool v = pack_rows(args.input<T>(2) + from, p_.key_stride(), rows, p_.head_dim, 1.0f,
                             to + kKeyBlock * p_.head_dim);
    return k && v;
  }

  /// One block of queries of one head against all the keys it sees.
  void attend(const KernelArgs& args, int64_t head, int64_t block, const float* packed,
              const uint8_t* finite, float* slot) const {
    const int64_t entry = head / p_.heads, h = head % p_.heads, query = block * kQueryBlock;
    const AttentionMask mask(p_, args, entry);
    const QueryBlock queries(mask, query, std::min(kQueryBlock, p_.queries - query));
    float *q = slot, *o = q + kQueryBlock * width_, *scores = o + kQueryBlock * width_;
    const int64_t at = (entry * p_.queries + query) * p_.query_stride() + h * p_.head_dim;
    pack_rows(args.input<T>(0) + at, p_.query_stride(), queries.rows, p_.head_dim, p_.scale, q);
    std::fill_n(o, queries.rows * width_, 0.0f);
    RowState states[kQueryBlock];
    const int64_t group = (entry * p_.groups + h / p_.heads_per_group()) * blocks_;
    for (int64_t j = queries.first / kKeyBlock; j * kKeyBlock < queries.last; ++j) {
      const int64_t key = j * kKeyBlock;
      const float* columns = packed + (group + j) * block_elements();
      if (mask.documents() == nullptr) {
        add_tile(queries, key, nullptr, columns, finite[group + j], q, scores, o, states);
        continue;
      }
      const BlockDocuments documents(mask.documents() + key, std::min(kKeyBlock, p_.keys - key));
      if (documents.most < queries.least || documents.least > queries.most) continue;
      const bool one = documents.least == documents.most && queries.least == queries.most;
      add_tile(queries, key, one ? nullptr : &documents, columns, finite[group + j], q, scores, o,
               states);
    }
    finish(args, queries.rows, at, head * p_.queries + query, o, states);
  }

  void add_tile(const QueryBlock& queries, int64_t key, const BlockDocuments* documents,
                const float* columns, bool finite, const float* q, float* scores, float* o,
                RowState* states) const {
    const float* values = columns + kKeyBlock * p_.head_dim;
    const int64_t vectors = width_ / kLanes;
    for (int64_t r = 0; r < queries.rows; r += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, queries.rows - r);
      const auto [first, last] = queries.seen_by(r, rows, key);
      if (first >= last) continue;
      const int64_t across = whole_vectors(last);
      float* s = scores + r * kKeyBlock;
      product<Order::rows, false>(rows, q + r * width_, width_, columns, kKeyBlock, p_.head_dim, s,
                                  kKeyBlock, across);
      bool masked = false;
      for (int64_t i = 0; i < rows; ++i) {
        const TileRow row = queries.row(r + i, key, documents);
        const bool all = row.sees_all(across * kLanes);
        masked |= !all;
        const float rescale =
            all ? exponentiate<false>(s + i * kKeyBlock, across, row, states[r + i])
                : exponentiate<true>(s + i * kKeyBlock, across, row, states[r + i]);
        if (rescale == 1.0f) continue;
        float* sum = o + (r + i) * width_;
        for (int64_t n = 0; n < width_; n += kLanes)
          hn::StoreU(hn::Mul(hn::LoadU(F32(), sum + n), splat(rescale)), F32(), sum + n);
      }
      if (finite || !masked)
        product<Order::rows, true>(rows, s + first, kKeyBlock, values + first * width_, width_,
                                   last - first, o + r * width_, width_, vectors);
      else
        product_of_nonzeros<Order::rows>(rows, s + first, kKeyBlock, values + first * width_,
                                         width_, last - first, o + r * width_, width_, vectors);
    }
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
  int64_t slots_, width_, blocks_;
};

template <class T>
Kernel make_forward(const AttentionProblem& problem, int threads) {
  // Packing pays when every key meets several queries; a step of generation reads each key once.
  if (problem.queries * problem.heads_per_group() <= kFewQueries)
    return few_queries_kernel<T>(problem);
  const AttentionForward<T> forward(problem, threads);
  return {[forward](const KernelArgs& args) { forward.run(args); }, forward.scratch_bytes()};
}

Kernel make_attention(const KernelSpec& spec) {
  const AttentionProblem problem = attention_problem(spec, 3);
  const int threads = std::max(1, spec.profile.threads);
  return problem.dtype == DType::f32 ? make_forward<float>(problem, threads)
                                     : make_forward<bfloat16>(problem, threads);
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
