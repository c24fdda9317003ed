// Attention of few queries to many keys, as in a step of generation. The time goes into reading the
// keys and values, so these are read once, where they lie. The keys are cut into chunks of a fixed
// length; each chunk gives a maximum, a sum and a weighted sum of values per query, which are
// merged in order, whatever the number of threads.
#if defined(TESSERA_ATTENTION_FEW_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_ATTENTION_FEW_INL_H
#undef TESSERA_ATTENTION_FEW_INL_H
#else
#define TESSERA_ATTENTION_FEW_INL_H
#endif

#include <cmath>
#include <limits>

#include "framework/kernels/cpu/shared/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

inline constexpr int64_t kFewQueries = 8;  // query rows per key/value head
inline constexpr int64_t kChunk = 256;

struct FewQueries {
  AttentionProblem p;

  int64_t rows() const { return p.queries * p.heads_per_group(); }
  int64_t width() const { return whole_vectors(p.head_dim) * kLanes; }
  int64_t chunks() const { return (p.keys + kChunk - 1) / kChunk; }
  int64_t part_elements() const { return width() + kLanes; }  // values, then highest and sum
  size_t scratch_bytes() const {
    return sizeof(float) *
           static_cast<size_t>(p.batch * p.groups * chunks() * rows() * part_elements());
  }
};

template <class T>
HWY_INLINE VF dot_product(const float* a, const T* b, int64_t d) {
  VF sum = splat(0.0f);
  int64_t i = 0;
  for (; i + kLanes <= d; i += kLanes) sum = hn::MulAdd(hn::LoadU(F32(), a + i), load(b + i), sum);
  if (i < d) sum = hn::MulAdd(hn::LoadU(F32(), a + i), load_some(b + i, d - i), sum);
  return sum;
}

/// Attends one query to those of a chunk's keys that it sees.
template <class T>
HWY_NOINLINE void attend_chunk(const FewQueries& few, const T* query, const T* keys,
                               const T* values, int64_t count, const bool* seen, float* part) {
  const int64_t d = few.p.head_dim, width = few.width(), stride = few.p.key_stride();
  float scores[kChunk];
  float highest = -std::numeric_limits<float>::infinity(), sum = 0;
  std::fill_n(part, width, 0.0f);
  // The query stands where its result will stand.
  for (int64_t i = 0; i < d; i += kLanes)
    hn::StoreU(hn::Mul(load_some(query + i, d - i), splat(few.p.scale)), F32(), part + i);
  for (int64_t j = 0; j < count; ++j) {
    if (!seen[j]) continue;
    scores[j] = hn::GetLane(hn::SumOfLanes(F32(), dot_product(part, keys + j * stride, d)));
    highest = std::max(highest, scores[j]);
  }
  std::fill_n(part, width, 0.0f);
  for (int64_t j = 0; j < count; ++j) {
    if (!seen[j]) continue;
    const float weight = std::exp(scores[j] - highest);
    sum += weight;
    add_row(values + j * stride, weight, d, part);
  }
  part[width] = highest;
  part[width + 1] = sum;
}

/// Whether the keys that are seen are so many that a second thread is worth waking.
inline bool worth_sharing(const FewQueries& few, const KernelArgs& args) {
  const AttentionProblem& p = few.p;
  int64_t seen = 0;
  for (int64_t entry = 0; entry < p.batch; ++entry) {
    const KeyRange range = AttentionMask(p, args, entry).range(p.queries - 1);
    seen += std::max<int64_t>(0, range.last - range.first);
  }
  return seen * few.rows() * p.groups * p.head_dim > (1 << 16);
}

template <class T>
void run_few_queries(const FewQueries& few, const KernelArgs& args) {
  const AttentionProblem& p = few.p;
  const int64_t chunks = few.chunks(), rows = few.rows(), share = p.heads_per_group(),
                size = few.part_elements();
  float* parts = static_cast<float*>(args.scratch);
  const int64_t items = p.batch * p.groups * chunks;
  parallel_for(items, worth_sharing(few, args) ? 1 : items, [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t entry = item / chunks / p.groups, group = item / chunks % p.groups,
                    key = item % chunks * kChunk;
      const int64_t count = std::min(kChunk, p.keys - key);
      const AttentionMask mask(p, args, entry);
      const int64_t at = (entry * p.keys + key) * p.key_stride() + group * p.head_dim;
      for (int64_t row = 0; row < rows; ++row) {
        const int64_t query = row / share, head = group * share + row % share;
        const KeyRange range = mask.range(query);
        float* part = parts + (item * rows + row) * size;
        if (range.first >= key + count || range.last <= key) {
          std::fill_n(part, size, 0.0f);
          continue;
        }
        bool seen[kChunk];
        for (int64_t j = 0; j < count; ++j)
          seen[j] = key + j >= range.first && key + j < range.last &&
                    (!mask.documents() || mask.documents()[key + j] == mask.documents()[query]);
        attend_chunk(
            few,
            args.input<T>(0) + (entry * p.queries + query) * p.query_stride() + head * p.head_dim,
            args.input<T>(1) + at, args.input<T>(2) + at, count, seen, part);
      }
    }
  });
  // The parts of every row are merged into its first part.
  parallel_for(p.batch * p.groups * rows, 64, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i % rows, group = i / rows % p.groups, entry = i / rows / p.groups;
      const int64_t query = row / share, head = group * share + row % share, width = few.width();
      const auto part = [&](int64_t chunk) {
        return parts + ((i / rows * chunks + chunk) * rows + row) * size;
      };
      float highest = -std::numeric_limits<float>::infinity(), sum = 0;
      for (int64_t c = 0; c < chunks; ++c)
        if (part(c)[width + 1] != 0) highest = std::max(highest, part(c)[width]);
      for (int64_t c = 0; c < chunks; ++c) {
        float* from = part(c);
        if (c > 0 && from[width + 1] == 0) continue;
        const float weight = from[width + 1] == 0 ? 0.0f : std::exp(from[width] - highest);
        sum += from[width + 1] * weight;
        for (int64_t n = 0; n < width; n += kLanes) {
          const VF x = hn::Mul(hn::LoadU(F32(), from + n), splat(weight));
          hn::StoreU(c == 0 ? x : hn::Add(hn::LoadU(F32(), part(0) + n), x), F32(), part(0) + n);
        }
      }
      T* out =
          args.output<T>(0) + (entry * p.queries + query) * p.query_stride() + head * p.head_dim;
      const VF factor = splat(sum == 0 ? 0.0f : 1.0f / sum);
      for (int64_t n = 0; n < p.head_dim; n += kLanes)
        store_some(hn::Mul(hn::LoadU(F32(), part(0) + n), factor), out + n, p.head_dim - n);
      args.output<float>(1)[(entry * p.heads + head) * p.queries + query] =
          sum == 0 ? 0.0f : highest + std::log(sum);
    }
  });
}

template <class T>
Kernel few_queries_kernel(const AttentionProblem& problem) {
  const FewQueries few{problem};
  return {[few](const KernelArgs& args) { run_few_queries<T>(few, args); }, few.scratch_bytes()};
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
