// learning_rate: the rate f32[] of an update from the update's number, i64[] or i32[], counted from
// 1. Attributes schedule (constant, linear, cosine or wsd), peak, warmup, total, decay,
// final_ratio: see framework/core/schedule.h.
#include "framework/core/schedule.h"
#include "framework/ops/ops.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1 && is_integer(in[0].dtype) && in[0].rank() == 0,
          "takes the number of the update, one integer");
  schedule_of(attrs);
  return {{DType::f32, {}}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) { return make_rule("->", in, out); }

}  // namespace

const OpDef ops::learning_rate{.name = "learning_rate", .infer = infer, .rule = rule};

}  // namespace tessera
