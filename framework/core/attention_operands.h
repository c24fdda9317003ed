// AttentionOperands: the positions of the optional operands of attention and of its gradient.
// Attributes say which operands are there; this struct alone decides their order, for the op, its
// composite and its kernels.
#pragma once

#include <cstddef>
#include <type_traits>

#include "framework/core/attrs.h"

namespace tessera {

struct AttentionOperands {
  static constexpr int kAbsent = -1;

  /// Positions among the operands, kAbsent where an operand is missing: first the i32 masks, then
  /// the counters from which the dropout of the weights draws.
  int documents = kAbsent, lengths = kAbsent, offset = kAbsent, step = kAbsent, part = kAbsent;
  size_t count = 0;  // number of all operands

  /// `first` is the position of the first optional operand: 3 behind q, k and v, and 6 in the
  /// gradient.
  AttentionOperands(const Attrs& attrs, size_t first) : count(first) {
    const auto place = [&](bool present) { return present ? static_cast<int>(count++) : kAbsent; };
    documents = place(attrs.flag("documents"));
    lengths = place(attrs.flag("lengths"));
    offset = place(attrs.flag("offset"));
    step = place(attrs.has("rate"));
    part = place(attrs.flag("part"));
  }

  /// The operand at `position`, or an empty value when the position is kAbsent.
  template <typename Values>
  static auto get(const Values& operands, int position)
      -> std::remove_cvref_t<decltype(operands[0])> {
    if (position == kAbsent) return {};
    return operands[static_cast<size_t>(position)];
  }
};

}  // namespace tessera
