// attention: softmax(scale · q kᵀ + mask) v over all heads, as one op with memory linear in
// sequence length.
//
//   q (B, S, H, D), k and v (B, T, G, D) with G dividing H: query head h reads key/value head
//     h / (H/G)
//   result o (B, S, H, D) and lse (B, H, S), float: log of the sum of exponentials of each row,
//     read by the gradient
//
// With dropout the weights are dropped after the softmax, by the mask that the dropout op draws
// over (B, H, S, T). Where only some samples and heads are held (attributes whole = [B, H, S, T] of
// all, origin = where the part begins in them; see framework/core/part.h) the mask is that part of
// the whole mask; query heads that share a key/value head stay together. A row that sees no key
// gives zeros (and gradient zero). Masked keys are skipped, so NaN there does not leak.
// Sources: Vaswani et al. 2017 (1706.03762); tiling with running maximum and sum, Dao et al. 2022
// (2205.14135); grouped heads, Ainslie et al. 2023 (2305.13245).
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

struct AttentionMask {
  bool causal = false;
  int64_t window = 0;  // > 0: a key is seen when it is fewer than `window` positions away
  Value documents;     // i32 (B, S): positions see each other only inside one document; needs T = S
  Value lengths;       // i32 (B): keys from this position on are padding
  /// i32 [] or (B): the position of the first query among the keys (key/value cache), one for all
  /// or one for each sequence.
  Value offset;
};

/// Dropout of the weights; the members are those of the dropout op. A rate of 0 turns it off.
struct AttentionDropout {
  double rate = 0;
  int64_t seed = 0;
  std::string stream = {};
  /// Integers []. `part` is absent, or says which of the equal parts of a batch this is.
  Value step, part;
};

/// Adds an attention node and returns o. `scale` 0 means 1/√D.
Value attention(Value q, Value k, Value v, const AttentionMask& mask = {}, double scale = 0,
                std::string_view name = "attention", const AttentionDropout& dropout = {});

}  // namespace tessera
