// The learning rate of an update, as a pure function of the update's number: linear warm-up to the peak, then
//   constant   the peak
//   linear     a straight line to final_ratio · peak at `total`
//   cosine     half a cosine to the same end (Loshchilov and Hutter, "SGDR", 2017, without restarts)
//   wsd        warm-up, stable, decay: the peak until `decay` updates before `total`, then a straight line to the end
#pragma once

#include <cstdint>
#include <string>

#include "framework/core/attrs.h"

namespace tessera {

struct Schedule {
  enum class Type { constant, linear, cosine, wsd };

  Type type = Type::constant;
  double peak = 0;
  int64_t warmup = 0, total = 0, decay = 0;  // in updates; `decay` is for wsd alone
  double final_ratio = 0;

  /// Of update number `update`, counted from 1. Update `warmup` is the first at the peak; from `total` on it is the end.
  double rate(int64_t update) const;
};

/// From attributes schedule (text), peak, final_ratio (real), warmup, total, decay (integer). UserError when they do not
/// fit together.
Schedule schedule_of(const Attrs& attrs);

}  // namespace tessera
