#include "tests/ops/case.h"

#include <algorithm>
#include <cmath>

#include "framework/core/random.h"

namespace tessera {

TensorType Operand::type(DType real) const {
  switch (kind) {
    case Kind::real:
      return {real, shape};
    case Kind::single:
      return {real == DType::bf16 ? DType::f32 : real, shape};
    case Kind::integer:
      return {DType::i32, shape};
    case Kind::boolean:
      return {DType::boolean, shape};
  }
  return {};
}

Tensor Operand::draw(DType real, const std::string& key) const {
  const Random random(17, key);
  std::vector<double> values;
  for (int64_t i = 0; i < numel(shape); ++i) {
    const auto at = static_cast<uint64_t>(i);
    double v = low == high ? random.normal(0, at) : low + (high - low) * random.uniform(0, at);
    if (kind == Kind::integer) v = std::floor(v);
    if (kind == Kind::boolean) v = random.below(2, 0, at) == 1;
    if (both_signs && random.below(2, 1, at) == 1) v = -v;
    values.push_back(v);
  }
  if (rising)
    for (auto row = values.begin(); row != values.end(); row += shape.back())
      std::sort(row, row + shape.back());
  return Tensor::of<double>(type(real).dtype, shape, values);
}

Operand real(Shape shape) { return {.shape = std::move(shape)}; }
Operand uniform(Shape shape, double low, double high) {
  return {.shape = std::move(shape), .low = low, .high = high};
}
Operand off_zero(Shape shape) {
  return {.shape = std::move(shape), .low = 0.3, .high = 2, .both_signs = true};
}
Operand single(Shape shape) { return {.kind = Operand::Kind::single, .shape = std::move(shape)}; }
Operand integers(Shape shape, int64_t low, int64_t high) {
  return {.kind = Operand::Kind::integer,
          .shape = std::move(shape),
          .low = static_cast<double>(low),
          .high = static_cast<double>(high)};
}
Operand indices(Shape shape, int64_t size) { return integers(std::move(shape), 0, size); }
Operand documents(Shape shape, int64_t count) {
  Operand operand = integers(std::move(shape), 0, count);
  operand.rising = true;
  return operand;
}
Operand booleans(Shape shape) {
  return {.kind = Operand::Kind::boolean, .shape = std::move(shape)};
}

std::ostream& operator<<(std::ostream& out, const OpCases& cases) { return out << cases.op; }

namespace {

std::vector<OpCases>& registry() {
  static std::vector<OpCases> cases;
  return cases;
}

}  // namespace

Register::Register(const std::vector<std::string>& ops, const std::vector<Case>& cases,
                   const std::vector<Refusal>& refusals) {
  for (const std::string& op : ops) {
    auto at = std::find_if(registry().begin(), registry().end(),
                           [&](const OpCases& c) { return c.op == op; });
    if (at == registry().end()) at = registry().insert(at, {op, {}, {}});
    at->cases.insert(at->cases.end(), cases.begin(), cases.end());
    at->refusals.insert(at->refusals.end(), refusals.begin(), refusals.end());
  }
}

const std::vector<OpCases>& registered_cases() { return registry(); }

}  // namespace tessera
