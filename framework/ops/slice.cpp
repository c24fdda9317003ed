// slice: the elements from starts[d] up to limits[d] of every dim d. The op is a view where these
// elements lie together and start at an aligned place.
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  const auto &starts = attrs.list("starts"), &limits = attrs.list("limits");
  require(starts.size() == in[0].shape.size() && limits.size() == starts.size(),
          "starts and limits must have one entry per dim of {}", in[0]);
  TensorType out{in[0].dtype, {}};
  for (size_t d = 0; d < starts.size(); ++d) {
    require(0 <= starts[d] && starts[d] < limits[d] && limits[d] <= in[0].shape[d],
            "[{}, {}) is not a part of dim {} of {}", starts[d], limits[d], d, in[0]);
    out.shape.push_back(limits[d] - starts[d]);
  }
  return {out};
}

/// dy with zeros around it.
std::vector<Value> grad(const GradCall& call) {
  Value dx = call.cotangents[0];
  const Shape& whole = call.inputs[0].shape();
  for (size_t d = whole.size(); d-- > 0;) {
    const int64_t before = call.attrs.list("starts")[d];
    const int64_t after = whole[d] - call.attrs.list("limits")[d];
    const auto zeros = [&](int64_t n) {
      TensorType type = dx.type();
      type.shape[d] = n;
      return fill(call.graph, 0.0, type, "zeros");
    };
    std::vector<Value> parts;
    if (before > 0) parts.push_back(zeros(before));
    parts.push_back(dx);
    if (after > 0) parts.push_back(zeros(after));
    if (parts.size() > 1) dx = ops::concat.all(parts, {{"dim", static_cast<int64_t>(d)}})[0];
  }
  return {dx};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  std::string left, right;
  for (size_t d = 0; d < in[0].shape.size(); ++d) {
    const bool cut = in[0].shape[d] != out[0].shape[d];
    left += cut ? fmt::format(" i{}!", d) : fmt::format(" d{}", d);
    right += cut ? fmt::format(" o{}!", d) : fmt::format(" d{}", d);
  }
  return make_rule(left + " -> " + right, in, out);
}

Attrs local_attrs(const Attrs& attrs, TypeSpan in, TypeSpan local_in, TypeSpan local_out) {
  Attrs local = attrs;
  auto limits = attrs.list("limits");
  for (size_t d = 0; d < limits.size(); ++d)
    if (local_in[0].shape[d] != in[0].shape[d]) limits[d] = local_out[0].shape[d];
  local.set("limits", limits);
  return local;
}

std::vector<Alias> alias(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  // Set once a dim is passed of which more than one element is taken.
  bool inside = false;
  for (size_t d = 0; d < out[0].shape.size(); ++d) {
    if (inside && out[0].shape[d] != in[0].shape[d]) return {};
    inside = inside || out[0].shape[d] > 1;
  }
  const Shape strides = strides_of(in[0].shape);
  int64_t offset = 0;
  for (size_t d = 0; d < strides.size(); ++d) offset += attrs.list("starts")[d] * strides[d];
  offset *= static_cast<int64_t>(size_of(in[0].dtype));
  if (offset % static_cast<int64_t>(kAlignment) != 0) return {};
  return {{0, 0, Alias::Kind::view, offset}};
}

}  // namespace

const OpDef ops::slice{.name = "slice",
                       .infer = infer,
                       .grad = grad,
                       .rule = rule,
                       .local_attrs = local_attrs,
                       .sums = Sums::linear,
                       .alias = alias,
                       .precision = Precision::follow,
                       .shows = Shows::elements};

}  // namespace tessera
