// The index rule alone: for every index that may be split and has even size, the operands are cut
// in two along it, each half is run, and the results, put together as the index's kind says, equal
// those of the whole op.
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"
#include "tests/ops/split.h"

namespace tessera {
namespace {

constexpr int64_t kParts = 2;
constexpr Tolerance kExact{1e-12, 1e-13};

class Rule : public OpTest {};

/// The results of part `which`, with the attributes that the op gives a part.
std::vector<Tensor> run_part(const OpDef& op, const Case& c, const IndexRule& rule,
                             const Drawn& drawn, std::span<const TensorType> out, int index,
                             int64_t which) {
  std::vector<TensorType> in, local_out;
  Tensors inputs;
  for (size_t i = 0; i < drawn.types.size(); ++i) {
    const std::string name = fmt::format("in{}", i);
    in.push_back(part_type(drawn.types[i], rule, rule.inputs[i], index, kParts));
    inputs[name] = take_part(drawn.inputs.at(name), rule, rule.inputs[i], index, kParts, which);
  }
  for (size_t i = 0; i < out.size(); ++i)
    local_out.push_back(part_type(out[i], rule, rule.outputs[i], index, kParts));
  const Attrs attrs =
      op.local_attrs ? op.local_attrs(c.attrs, drawn.types, in, local_out) : c.attrs;
  const Tensors results = evaluate(forward_graph(op, in, attrs), inputs, reference_profile());
  std::vector<Tensor> parts;
  for (size_t i = 0; i < out.size(); ++i) {
    parts.push_back(results.at(fmt::format("out{}", i)));
    EXPECT_EQ(to_string(parts.back().type()), to_string(local_out[i])) << "result " << i;
  }
  return parts;
}

Tensor combine(IndexRule::Kind kind, const Tensor& a, const Tensor& b) {
  auto x = a.values();
  const auto y = b.values();
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = kind == IndexRule::Kind::max ? std::max(x[i], y[i]) : x[i] + y[i];
  return Tensor::of<double>(a.type().dtype, a.type().shape, x);
}

void split_along(const OpDef& op, const Case& c, const IndexRule& rule, const Drawn& drawn,
                 const Tensors& whole, int index) {
  const auto& which = rule.indices[static_cast<size_t>(index)];
  SCOPED_TRACE(fmt::format("split along '{}' of {}", which.name, to_string(rule)));
  std::vector<TensorType> out;
  for (size_t i = 0; i < rule.outputs.size(); ++i)
    out.push_back(whole.at(fmt::format("out{}", i)).type());
  const auto first = run_part(op, c, rule, drawn, out, index, 0);
  const auto second = run_part(op, c, rule, drawn, out, index, 1);
  for (size_t i = 0; i < out.size(); ++i) {
    if (to_string(first[i].type()) != to_string(second[i].type())) return;  // reported already
    Tensor together;
    if (has_index(rule.outputs[i], index)) {
      together = Tensor(out[i]);
      put_part(first[i], together, rule, rule.outputs[i], index, kParts, 0);
      put_part(second[i], together, rule, rule.outputs[i], index, kParts, 1);
    } else {
      together = combine(which.kind, first[i], second[i]);
    }
    const std::string name = fmt::format("out{}", i);
    expect_close(together, whole.at(name), kExact * c.tolerance, name);
  }
}

TEST_P(Rule, PartsMakeTheWhole) {
  const OpCases& op = GetParam();
  const OpDef& row = op_of(op.op);
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (c.large) continue;
    SCOPED_TRACE(describe(op, which, DType::f64));
    const Drawn drawn = draw(op, which, DType::f64);
    const auto out = row.infer(drawn.types, c.attrs);
    const IndexRule rule = row.rule(drawn.types, out, c.attrs);
    EXPECT_EQ(rule.inputs.size(), drawn.types.size());
    EXPECT_EQ(rule.outputs.size(), out.size());
    const Tensors whole =
        evaluate(forward_graph(row, drawn.types, c.attrs), drawn.inputs, reference_profile());
    for (size_t i = 0; i < rule.indices.size(); ++i) {
      const auto kind = rule.indices[i].kind;
      if (kind == IndexRule::Kind::whole || kind == IndexRule::Kind::local) continue;
      if (rule.indices[i].size % kParts != 0) continue;
      split_along(row, c, rule, drawn, whole, static_cast<int>(i));
    }
  }
}

TESSERA_FOR_EACH_OP(Rule);

}  // namespace
}  // namespace tessera
