// Nodes that hold a part: types while only `place` is known, what a part's attributes become, which
// indices may be split.
#include <gtest/gtest.h>

#include "framework/passes/expand.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

const Attrs kDraw{{"rate", 0.1}, {"std", 1.0}, {"seed", 7}, {"stream", "a"}};

Attrs with(Attrs attrs, std::initializer_list<std::pair<const std::string, AttrValue>> more) {
  for (const auto& [name, value] : more) attrs.set(name, value);
  return attrs;
}

/// q, k and v of two samples, four heads that share two keys/values, and the step.
std::vector<TensorType> attention_operands() {
  const TensorType q{DType::f32, {2, 3, 4, 8}}, k{DType::f32, {2, 5, 2, 8}};
  return {q, k, k, {DType::i64, {}}};
}
const Attrs kAttention = with(kDraw, {{"causal", false}, {"window", 0}, {"scale", 1.0}});

TEST(PartAttributes, TypesNeedNoOrigin) {
  const TensorType x{DType::f32, {4, 6}}, ids{DType::i32, {4}}, row{DType::f32, {4}},
      step{DType::i64, {}};
  const auto place = [](const Attrs& attrs, Shape whole) {
    return with(attrs, {{"whole", std::move(whole)}, {"place", "dp"}});
  };
  const auto infer = [](const char* op, const std::vector<TensorType>& in, const Attrs& attrs) {
    return op_of(op).infer(in, attrs);
  };
  EXPECT_EQ(infer("embedding", {ids, x}, place({}, {8})).at(0), x);
  EXPECT_EQ(infer("embedding_grad", {ids, x}, place({{"vocab", 5}}, {10})).at(0),
            (TensorType{DType::f32, {5, 6}}));
  EXPECT_EQ(infer("cross_entropy_grad", {x, ids, row, row, row}, place({}, {12})).at(0), x);
  EXPECT_EQ(infer("class_statistics", {x, ids}, place({}, {12})).at(1), row);
  EXPECT_EQ(infer("dropout", {x, step}, place(kDraw, {8, 6})).at(0), x);
  EXPECT_EQ(infer("random_normal", {}, place(with(kDraw, {{"shape", x.shape}}), {8, 6})).at(0), x);
  EXPECT_EQ(
      infer("iota", {}, place({{"dim", 0}, {"dtype", "f32"}, {"shape", x.shape}}, {8, 6})).at(0),
      x);
  EXPECT_EQ(infer("attention", attention_operands(), place(kAttention, {4, 8, 3, 5})).at(0),
            attention_operands()[0]);
}

TEST(PartAttributes, SizesBecomeThoseOfThePart) {
  const std::vector<TensorType> none;
  const auto local = [&](const char* op, const Attrs& attrs, const TensorType& out) {
    return op_of(op).local_attrs(attrs, none, none, std::vector{out});
  };
  const TensorType out{DType::f32, {3, 8}};
  EXPECT_EQ(local("embedding_grad", {{"vocab", 6}}, out), (Attrs{{"vocab", 3}}));
  EXPECT_EQ(local("random_normal", with(kDraw, {{"shape", Shape{6, 8}}}), out),
            with(kDraw, {{"shape", Shape{3, 8}}}));
  EXPECT_EQ(local("iota", {{"dim", 0}, {"shape", Shape{6, 8}}}, out),
            (Attrs{{"dim", 0}, {"shape", Shape{3, 8}}}));
}

TEST(PartAttributes, HeadsThatShareAKeyStayTogetherWhereTheyDrop) {
  using Kind = IndexRule::Kind;
  const auto kinds = [](const std::vector<TensorType>& in, const Attrs& attrs) {
    const OpDef& op = op_of("attention");
    std::map<std::string, Kind> out;
    for (const auto& index : op.rule(in, op.infer(in, attrs), attrs).indices)
      out[index.name] = index.kind;
    return out;
  };
  auto dropping = kinds(attention_operands(), kAttention);
  EXPECT_EQ(dropping["b"], Kind::local);
  EXPECT_EQ(dropping["g"], Kind::local);
  EXPECT_EQ(dropping["r"], Kind::whole);
  auto operands = attention_operands();
  operands.pop_back();
  Attrs plain = kAttention;
  plain.erase("rate");
  auto keeping = kinds(operands, plain);
  EXPECT_EQ(keeping["b"], Kind::split);
  EXPECT_EQ(keeping["r"], Kind::split);
}

/// Without a kernel of its own, attention draws by dropout over (B, G, R, S, T), where a part must
/// hold all of R.
TEST(PartAttributes, HeadsThatShareAKeyMustNotBeCut) {
  const OpDef& op = op_of("attention");
  const auto expanded = [&](Shape origin) {
    const Graph graph = forward_graph(
        op, attention_operands(),
        with(kAttention, {{"whole", Shape{2, 8, 3, 5}}, {"origin", std::move(origin)}}));
    return expand(graph, [&](const Node& other) { return other.op == &op; });
  };
  EXPECT_NO_THROW(expanded({0, 2, 0, 0}));
  EXPECT_THROW(expanded({0, 1, 0, 0}), InternalError);
}

}  // namespace
}  // namespace tessera
