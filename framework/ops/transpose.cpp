// transpose: dim i of the result is dim perm[i] of the operand. When only dims of size one change
// places the op is a view.
#include <algorithm>

#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  const auto& perm = attrs.list("perm");
  auto sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  bool all = static_cast<int64_t>(perm.size()) == in[0].rank();
  for (size_t i = 0; i < sorted.size() && all; ++i) all = sorted[i] == static_cast<int64_t>(i);
  require(all, "perm {} does not name each dim of {} once", to_string(perm), in[0]);
  TensorType out{in[0].dtype, {}};
  for (int64_t p : perm) out.shape.push_back(in[0].shape[static_cast<size_t>(p)]);
  return {out};
}

std::vector<Value> grad(const GradCall& call) {
  const auto& perm = call.attrs.list("perm");
  std::vector<int64_t> inverse(perm.size());
  for (size_t i = 0; i < perm.size(); ++i)
    inverse[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
  return {ops::transpose(call.cotangents[0], {{"perm", inverse}})};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  std::string right;
  for (int64_t p : attrs.list("perm")) right += fmt::format(" {}", static_cast<char>('a' + p));
  return make_rule(index_names(in[0].rank()) + " ->" + right, in, out);
}

std::vector<Alias> alias(TypeSpan in, TypeSpan, const Attrs& attrs) {
  int64_t last = -1;
  for (int64_t p : attrs.list("perm")) {
    if (in[0].shape[static_cast<size_t>(p)] == 1) continue;
    if (p < last) return {};
    last = p;
  }
  return {{0, 0, Alias::Kind::view, 0}};
}

}  // namespace

const OpDef ops::transpose{.name = "transpose",
                           .infer = infer,
                           .grad = grad,
                           .rule = rule,
                           .sums = Sums::linear,
                           .alias = alias,
                           .precision = Precision::follow,
                           .shows = Shows::elements};

}  // namespace tessera
