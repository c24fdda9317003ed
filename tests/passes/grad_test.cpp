#include "framework/passes/grad.h"

#include <gtest/gtest.h>

#include <cmath>

#include "framework/graph/verify.h"
#include "framework/runtime/evaluate.h"
#include "tests/passes/random_graph.h"
#include "tests/passes/toy_ops.h"

namespace tessera {
namespace {

DeviceProfile reference() {
  DeviceProfile profile;
  profile.backend = "reference";
  return profile;
}

Tensor random_tensor(const TensorType& type, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<double> values;
  for (int64_t i = 0; i < type.numel(); ++i) values.push_back(uniform(engine));
  return Tensor::of<double>(type.dtype, type.shape, values);
}

/// A scalar that every value of the pool has a part in.
Value loss_of(testing::RandomGraph& random) {
  Value loss;
  for (const Value& v : random.pool()) {
    const Value part = ops::sum(ops::sin(v), {{"dims", Shape{}}, {"keep", false}});
    loss = loss ? loss + part * 0.7 : part;
  }
  return loss;
}

TEST(Grad, RandomGraphsAgainstFiniteDifferences) {
  for (uint64_t seed = 0; seed < 120; ++seed) {
    testing::RandomGraph random("random", seed, DType::f64, true);
    random.add_input("a", PortKind::data, random.any_shape());
    random.add_input("b", PortKind::data, random.any_shape());
    random.grow(static_cast<int>(3 + seed % 15));
    const Value loss = loss_of(random);
    random.graph().add_output("loss", loss);
    Graph graph = expand_for_grad(random.graph());
    const std::vector<Value> wrt{graph.input("a"), graph.input("b")};
    const auto gradients = add_gradients(graph, graph.handle(graph.output("loss").value), wrt);
    for (size_t i = 0; i < wrt.size(); ++i) {
      EXPECT_EQ(gradients[i].type(), wrt[i].type());
      EXPECT_TRUE(gradients[i].info().cotangent.total);
      graph.add_output(wrt[i].name() + ".grad", gradients[i]);
    }
    verify(graph);

    std::mt19937_64 engine(seed);
    Tensors in{{"a", random_tensor(wrt[0].type(), engine)},
               {"b", random_tensor(wrt[1].type(), engine)}};
    const Tensors out = evaluate(graph, in, reference());
    for (const std::string name : {"a", "b"}) {
      const auto at =
          static_cast<int64_t>(engine() % static_cast<uint64_t>(in.at(name).type().numel()));
      const auto loss_at = [&](double step) {
        Tensors moved = in;
        moved.at(name).data<double>()[at] += step;
        return evaluate(random.graph(), moved, reference()).at("loss").item();
      };
      // The difference is of fourth order, since some of these graphs are steep.
      const double h = 2e-5;
      const double numeric =
          (8 * (loss_at(h) - loss_at(-h)) - (loss_at(2 * h) - loss_at(-2 * h))) / (12 * h);
      const double analytic = out.at(name + ".grad").values()[static_cast<size_t>(at)];
      EXPECT_NEAR(analytic, numeric, 1e-6 * std::max(1.0, std::abs(numeric)))
          << "seed " << seed << " " << name;
    }
  }
}

const TensorType kVector{DType::f64, {3}};

Value total(Value x) { return ops::sum(x, {{"dims", Shape{}}, {"keep", false}}); }

std::vector<double> gradient_at(Graph graph, std::vector<double> x) {
  const Tensors in{{"x", Tensor::of<double>(DType::f64, {3}, x)}};
  return evaluate(graph, in, reference()).at("grad").values();
}

TEST(Grad, ContributionsOfEveryUseAreAdded) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const Value loss = total(x * x + x);
  const Value dx = add_gradients(g, loss, std::vector{x})[0];
  g.add_output("grad", dx);
  EXPECT_EQ(gradient_at(g, {1, 2, -3}), (std::vector<double>{3, 5, -5}));
}

TEST(Grad, TotalsAndPartsAreMarked) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const Value y = ops::exp(x), z = ops::mul(x, y), loss = total(z);
  const Value dx = add_gradients(g, loss, std::vector{x})[0];
  verify(g);
  EXPECT_EQ(dx.info().cotangent, (CotangentOf{x.id(), true}));
  int totals_of_x = 0, parts_of_x = 0, totals_of_z = 0, totals_of_y = 0;
  for (const ValueInfo& v : g.values()) {
    totals_of_x += v.cotangent == CotangentOf{x.id(), true};
    parts_of_x += v.cotangent == CotangentOf{x.id(), false};
    totals_of_y += v.cotangent == CotangentOf{y.id(), true};
    totals_of_z += v.cotangent == CotangentOf{z.id(), true};
  }
  EXPECT_EQ(totals_of_x, 1);
  EXPECT_EQ(parts_of_x, 2);  // by z and by y
  EXPECT_EQ(totals_of_y, 1);
  EXPECT_EQ(totals_of_z, 1);
}

TEST(Grad, SumsOfPartsAreNamedForTheirValueAndMarkedAsParts) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const Value loss = total(ops::sin(x)) + total(ops::cos(x)) + total(ops::exp(x));
  const Value dx = add_gradients(g, loss, std::vector{x})[0];
  EXPECT_EQ(dx.name(), "x.grad");
  int parts = 0;
  for (const ValueInfo& v : g.values()) parts += v.cotangent == CotangentOf{x.id(), false};
  EXPECT_EQ(parts, 4);  // three contributions, and the sum of the first two
}

TEST(Grad, NothingFlowsThroughStopGradient) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const Value loss = total(ops::stop_gradient(x) * x);
  g.add_output("grad", add_gradients(g, loss, std::vector{x})[0]);
  EXPECT_EQ(gradient_at(g, {1, 2, -3}), (std::vector<double>{1, 2, -3}));
}

TEST(Grad, OfAValueInside) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const Value y = x * x;
  const Value loss = total(y * y);
  const auto gradients = add_gradients(g, loss, std::vector{y, x, y});
  EXPECT_EQ(gradients[0], gradients[2]);
  g.add_output("grad", gradients[0]);
  EXPECT_EQ(gradient_at(g, {1, 2, -3}), (std::vector<double>{2, 8, 18}));
}

TEST(Grad, ValuesWithoutInfluenceOnAnythingWantedGetNoCotangent) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data),
              fixed = g.add_input("fixed", kVector, PortKind::data);
  const Value other = ops::exp(fixed);
  const Value loss = total(x * other);
  add_gradients(g, loss, std::vector{x});
  for (const ValueInfo& v : g.values()) {
    EXPECT_NE(v.cotangent.primal, fixed.id());
    EXPECT_NE(v.cotangent.primal, other.id());
  }
}

TEST(Grad, KeepsThePlacesOfTheForwardNodes) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  Value y;
  {
    Scope scope(g, "block");
    y = ops::exp(x);
  }
  const auto forward = g.nodes().size();
  add_gradients(g, total(y), std::vector{x});
  bool found = false;
  for (size_t i = forward; i < g.nodes().size(); ++i)
    found = found || g.nodes()[i].where == g.nodes()[0].where;
  EXPECT_TRUE(found);
  EXPECT_NE(g.nodes()[0].where.str().find("grad_test.cpp"), std::string::npos);
}

template <typename Error>
std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Grad, AnUnusedParameterIsNamed) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data),
              w = g.add_input("head.bias", kVector, PortKind::state);
  const Value loss = g.add1(ops::sum, {x}, {{"dims", Shape{}}, {"keep", false}}, "loss");
  const std::string error = message<UserError>([&] { add_gradients(g, loss, std::vector{x, w}); });
  EXPECT_EQ(
      error,
      "'head.bias' has no gradient: the loss 'loss' does not depend on it; freeze it or use it");
}

TEST(Grad, InfluenceThroughIntegersDoesNotCount) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const Value index = ops::argmax(x, {{"dim", int64_t{0}}});
  const Value loss = ops::cast(index, {{"to", std::string("f64")}});
  const std::string error = message<UserError>([&] { add_gradients(g, loss, std::vector{x}); });
  EXPECT_NE(error.find("'x' has no gradient"), std::string::npos) << error;
}

TEST(Grad, TheLossMustBeOneFloat) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  const std::string error =
      message<UserError>([&] { add_gradients(g, ops::exp(x, {}, "many"), std::vector{x}); });
  EXPECT_EQ(error, "the loss 'many' must be one float, not f64[3]");
}

TEST(Grad, AnOpWithoutGradientIsNamedWithItsPlace) {
  Graph g;
  const Value x = g.add_input("x", kVector, PortKind::data);
  Value y;
  {
    Scope scope(g, "layer.3");
    y = g.add1(testing::plain, {x}, {}, "odd");
  }
  const std::string error = message<UserError>([&] { add_gradients(g, total(y), std::vector{x}); });
  for (const char* part : {"the op plain has no gradient", "grad_test.cpp:", "layer.3.odd"})
    EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(Grad, AGradientOfAnotherTypeIsABug) {
  const OpDef wrong{
      .name = "wrong", .infer = testing::like_first, .grad = [](const GradCall& call) {
        return std::vector<Value>{total(call.cotangents[0])};
      }};
  const OpDef few{.name = "few", .infer = testing::like_first, .grad = [](const GradCall&) {
                    return std::vector<Value>{};
                  }};
  for (const OpDef* op : {&wrong, &few}) {
    Graph g;
    const Value x = g.add_input("x", kVector, PortKind::data);
    const Value loss = total(g.add1(*op, {x}));
    const std::string error =
        message<InternalError>([&] { add_gradients(g, loss, std::vector{x}); });
    EXPECT_NE(error.find(fmt::format("the gradient of {}", op->name)), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace tessera
