// What the attention kernels read from an op: sizes, options, and which keys a query sees. Both
// ends of the visible range rise with the query's position, so a block of queries sees one
// contiguous range of keys, and a block of keys is seen by one contiguous range of queries.
#pragma once

#include <limits>

#include "framework/device/kernel.h"

namespace tessera::cpu {

struct AttentionProblem {
  int64_t batch, queries, keys, heads, groups, head_dim;
  DType dtype;
  float scale;
  bool causal;
  int64_t window;  // 0: none
  // Positions among the operands, -1 where absent; `step` and `part` belong to the dropout of the
  // weights.
  int documents, lengths, offset, step, part;
  bool offset_by_entry;  // each batch entry has an offset of its own

  int64_t heads_per_group() const { return heads / groups; }
  int64_t query_stride() const { return heads * head_dim; }
  int64_t key_stride() const { return groups * head_dim; }
};

/// The problem of an op whose mask operands start at position `masks`.
AttentionProblem attention_problem(const KernelSpec& spec, size_t masks);

/// Half-open range of keys.
struct KeyRange {
  int64_t first, last;
};

/// The mask of one batch entry. Query i sees the keys of range(i) and, where there are documents,
/// only those of its own document.
class AttentionMask {
 public:
  AttentionMask(const AttentionProblem& problem, const KernelArgs& args, int64_t batch_entry);

  const int32_t* documents() const { return documents_; }  // document of every position, or null

  KeyRange range(int64_t query) const {
    const int64_t position = offset_ + query;
    KeyRange range{0, length_};
    if (causal_ && position + 1 < range.last) range.last = position + 1;
    if (window_ > 0) {
      if (position + window_ < range.last) range.last = position + window_;
      if (position - window_ + 1 > 0) range.first = position - window_ + 1;
      // The query lies past the last key by more than the window, as do all later queries; `first`
      // alone says so.
      if (range.first >= range.last && range.last > 0)
        range.first = std::numeric_limits<int64_t>::max();
    }
    return range;
  }

 private:
  const int32_t* documents_ = nullptr;
  int64_t length_, offset_ = 0, window_;
  bool causal_;
};

}  // namespace tessera::cpu
