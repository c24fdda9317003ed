// The learning rate of an update, as a pure function of the update's number: a linear warm-up to
// the peak (of at least one update, so that the peak is used), then
//   constant   the peak
//   linear     a straight line to final_ratio · peak at `total`
//   cosine     half a cosine to the same end (Loshchilov and Hutter, "SGDR", 2017, without
//              restarts)
//   wsd        warm-up, stable, decay: the peak until `decay` updates before `total`, then a
//              straight line to the end
#pragma once

#include <cstdint>
#include <string>

#include "framework/core/attrs.h"
#include "framework/core/choice.h"

namespace tessera {

struct Schedule {
  enum class Type { cosine, linear, constant, wsd };

  Type type = Type::cosine;
  double peak = 0;
  int64_t warmup = 0, total = 1, decay = 0;  // in updates; `decay` is for wsd alone
  double final_ratio = 0;

  /// The rate of update number `update`, counted from 1. Update max(warmup, 1) is the first at the
  /// peak; from update `total` on the rate is final_ratio · peak, unless the warm-up lasts that
  /// long or the type is `constant`.
  double rate(int64_t update) const;
};

template <>
inline constexpr auto kChoices<Schedule::Type> =
    std::to_array<Choice<Schedule::Type>>({{"cosine", Schedule::Type::cosine},
                                           {"linear", Schedule::Type::linear},
                                           {"constant", Schedule::Type::constant},
                                           {"wsd", Schedule::Type::wsd}});

/// The schedule in attributes schedule (text), peak, final_ratio (real), warmup, total, decay
/// (integer). Throws UserError when they do not fit together.
Schedule schedule_of(const Attrs& attrs);

}  // namespace tessera
