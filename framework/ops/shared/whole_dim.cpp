#include "framework/ops/shared/whole_dim.h"

#include "framework/core/dims.h"
#include "framework/ops/shared/precise.h"

namespace tessera {

int64_t whole_dim(int64_t rank, const Attrs& attrs) {
  return checked_dim(attrs.integer("dim"), rank);
}

std::vector<TensorType> infer_whole_dim(TypeSpan in, const Attrs& attrs) {
  auto out = infer_unary(in, attrs);
  whole_dim(in[0].rank(), attrs);
  return out;
}

std::vector<TensorType> infer_whole_dim_grad(TypeSpan in, const Attrs& attrs) {
  auto out = infer_pointwise_grad(in, attrs);
  whole_dim(in[0].rank(), attrs);
  return out;
}

IndexRule whole_dim_rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  std::string names = index_names(in[0].rank());
  names.insert(static_cast<size_t>(2 * whole_dim(in[0].rank(), attrs) + 1), "!");
  std::string text;
  for (size_t i = 0; i < in.size(); ++i) text += (i ? ", " : "") + names;
  return make_rule(text + " -> " + names, in, out);
}

}  // namespace tessera
