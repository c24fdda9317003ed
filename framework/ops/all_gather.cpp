// all_gather: gives every rank of an axis the parts of all its ranks: x […] -> [n, …], rank r's
// part at r.
#include "framework/ops/shared/collective.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  const int64_t ranks = check_collective(in, attrs);
  std::vector<TensorType> out = list_of(in);
  for (TensorType& t : out) t.shape.insert(t.shape.begin(), ranks);
  return out;
}

}  // namespace

const OpDef ops::all_gather{
    .name = "all_gather", .infer = infer, .rule = collective_rule, .collective = true};

}  // namespace tessera
