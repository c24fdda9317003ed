#include <array>

#include "framework/ops/ops.h"

namespace tessera {
namespace ops {
namespace {

#define TESSERA_OP(name, reference, cpu) &name,
const std::array kAll{
#include "framework/core/ops.def"
};
#undef TESSERA_OP

}  // namespace

std::span<const OpDef* const> all() { return kAll; }

}  // namespace ops

const OpDef* find_op(std::string_view name) {
  for (const OpDef* op : ops::all())
    if (op->name == name) return op;
  return nullptr;
}

}  // namespace tessera
