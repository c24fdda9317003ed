// AttentionOperands: where the optional operands of attention and of its gradient stand. Attributes say which are there;
// their order is decided here alone, for the op, its composite and its kernels.
#pragma once

#include <cstddef>
#include <type_traits>

#include "framework/core/attrs.h"

namespace tessera {

struct AttentionOperands {
  static constexpr int kAbsent = -1;

  /// Positions among the operands, kAbsent where there is none: i32 masks, then what the dropout of the weights counts by.
  int documents = kAbsent, lengths = kAbsent, offset = kAbsent, step = kAbsent, part = kAbsent;
  size_t count = 0;  // of all operands

  /// `first` is the position of the first optional operand: 3 behind q, k and v, 6 in the gradient.
  AttentionOperands(const Attrs& attrs, size_t first) : count(first) {
    const auto place = [&](bool present) { return present ? static_cast<int>(count++) : kAbsent; };
    documents = place(attrs.flag("documents"));
    lengths = place(attrs.flag("lengths"));
    offset = place(attrs.flag("offset"));
    step = place(attrs.has("rate"));
    part = place(attrs.flag("part"));
  }

  /// The operand at one of these positions; none where it is absent.
  template <typename Values>
  static auto get(const Values& operands, int position)
      -> std::remove_cvref_t<decltype(operands[0])> {
    if (position == kAbsent) return {};
    return operands[static_cast<size_t>(position)];
  }
};

}  // namespace tessera
