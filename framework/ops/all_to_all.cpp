// all_to_all: part r of each rank's operand goes to rank r, and rank r's part for this rank takes
// its place: [n, …] -> [n, …].
#include "framework/ops/shared/collective.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require_parts(in, check_collective(in, attrs));
  return list_of(in);
}

}  // namespace

const OpDef ops::all_to_all{
    .name = "all_to_all", .infer = infer, .rule = collective_rule, .collective = true};

}  // namespace tessera
