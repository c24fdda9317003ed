// Ops that exist to put the planner to the test: each has one memory rule and no kernel.
#pragma once

#include "framework/graph/op_def.h"

namespace tessera::testing {

inline std::vector<TensorType> like_first(TypeSpan in, const Attrs&) { return {in[0]}; }
inline std::vector<TensorType> two_like_first(TypeSpan in, const Attrs&) { return {in[0], in[0]}; }

/// Takes any operands; the result is like the first, in memory of its own.
inline const OpDef plain{.name = "plain", .infer = like_first};

/// The result may take the place of the first operand; nothing is said of the others.
inline const OpDef over_first{
    .name = "over_first", .infer = like_first, .alias = [](TypeSpan, TypeSpan, const Attrs&) {
      return std::vector<Alias>{{0, 0, Alias::Kind::in_place, 0}};
    }};

/// The result may take the place of any operand of its type.
inline const OpDef over_any{
    .name = "over_any", .infer = like_first, .alias = [](TypeSpan in, TypeSpan, const Attrs&) {
      std::vector<Alias> out;
      for (size_t i = 0; i < in.size(); ++i)
        if (in[i] == in[0]) out.push_back({0, static_cast<int>(i), Alias::Kind::in_place, 0});
      return out;
    }};

/// Either of two results may take the place of the operand.
inline const OpDef twins{
    .name = "twins", .infer = two_like_first, .alias = [](TypeSpan, TypeSpan, const Attrs&) {
      return std::vector<Alias>{{0, 0, Alias::Kind::in_place, 0}, {1, 0, Alias::Kind::in_place, 0}};
    }};

/// The result is the first operand's memory, overwritten.
inline const OpDef donor{
    .name = "donor", .infer = like_first, .alias = [](TypeSpan, TypeSpan, const Attrs&) {
      return std::vector<Alias>{{0, 0, Alias::Kind::donate, 0}};
    }};

/// A view of `count` elements of a list from `begin` on.
inline const OpDef window{
    .name = "window",
    .infer =
        [](TypeSpan in, const Attrs& attrs) {
          return std::vector<TensorType>{{in[0].dtype, {attrs.integer("count")}}};
        },
    .alias =
        [](TypeSpan in, TypeSpan, const Attrs& attrs) {
          const auto size = static_cast<int64_t>(size_of(in[0].dtype));
          return std::vector<Alias>{{0, 0, Alias::Kind::view, attrs.integer("begin") * size}};
        }};

}  // namespace tessera::testing
