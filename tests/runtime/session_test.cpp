#include "framework/runtime/session.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "framework/ops/shared/fill.h"
#include "framework/runtime/evaluate.h"
#include "framework/runtime/kernels.h"
#include "tests/host_device.h"
#include "tests/passes/toy_ops.h"

namespace tessera {
namespace {

const TensorType kList{DType::f32, {4}};

DeviceProfile reference() {
  DeviceProfile profile;
  profile.backend = "reference";
  return profile;
}

/// A session over one graph and its states, all of the type kList.
Session session_of(const Graph& graph, const std::vector<std::string>& states) {
  Program program;
  for (const std::string& name : states) program.declare({name, kList, StateKind::cache});
  program.add(graph);
  return Session(compile(expand_for(program, "reference"), reference()), host_device(reference()));
}

/// Uploads first, first + 1, …
void set(Session& session, const DeviceTensor& to, float first) {
  std::vector<float> values(static_cast<size_t>(to.type.numel()));
  std::iota(values.begin(), values.end(), first);
  session.upload(to, values);
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

TEST(Session, StatesStartAtZeroAndCount) {
  Graph g("count");
  const Value n = g.add_input("n", kList, PortKind::state);
  g.add_output("n", n + 1.0, PortKind::state);
  Session s = session_of(g, {"n"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(s.state<float>("n")[2], static_cast<float>(i));
    s.run("count");
  }
}

TEST(Session, StatesChangePlaces) {
  Graph g("swap");
  const Value a = g.add_input("a", kList, PortKind::state),
              b = g.add_input("b", kList, PortKind::state);
  g.add_output("a", b, PortKind::state);
  g.add_output("b", a, PortKind::state);
  Session s = session_of(g, {"a", "b"});
  set(s, s.state("a"), 10);
  set(s, s.state("b"), 20);
  s.run("swap");
  EXPECT_EQ(s.state<float>("a")[1], 21);
  EXPECT_EQ(s.state<float>("b")[1], 11);
  s.run("swap");
  EXPECT_EQ(s.state<float>("a")[1], 11);
}

TEST(Session, StatesGoRoundInARingBesideAShift) {
  Graph g("ring");
  std::vector<Value> v;
  for (const char* name : {"a", "b", "c", "d", "e"})
    v.push_back(g.add_input(name, kList, PortKind::state));
  g.add_output("b", v[0], PortKind::state);
  g.add_output("c", v[1], PortKind::state);
  g.add_output("a", v[2], PortKind::state);
  g.add_output("d", v[0], PortKind::state);  // both hang on the ring
  g.add_output("e", v[3], PortKind::state);
  Session s = session_of(g, {"a", "b", "c", "d", "e"});
  float first = 0;
  for (const char* name : {"a", "b", "c", "d", "e"}) set(s, s.state(name), first += 10);
  s.run("ring");
  const float expected[] = {30, 10, 20, 10, 40};
  size_t i = 0;
  for (const char* name : {"a", "b", "c", "d", "e"})
    EXPECT_EQ(s.state<float>(name)[0], expected[i++]) << name;
}

TEST(Session, AResultMayBeTheOldValueOfAState) {
  Graph g("step");
  const Value w = g.add_input("w", kList, PortKind::state);
  g.add_output("old", w);
  g.add_output("again", ops::reshape(w, {{"shape", Shape{2, 2}}}));
  g.add_output("w", w * 2.0, PortKind::state);
  Session s = session_of(g, {"w"});
  set(s, s.state("w"), 1);
  s.run("step");
  EXPECT_EQ(s.output<float>("step", "old")[0], 1);
  EXPECT_EQ(s.output<float>("step", "again")[3], 4);
  EXPECT_EQ(s.state<float>("w")[0], 2);
}

TEST(Session, AResultMayBeAnInput) {
  Graph g("step");
  const Value x = g.add_input("x", kList, PortKind::data);
  g.add_output("x", x);
  g.add_output("kept", x, PortKind::state);
  g.add_output("y", ops::neg(x));
  Session s = session_of(g, {"kept"});
  set(s, s.input("step", "x"), 5);
  s.run("step");
  EXPECT_EQ(s.output<float>("step", "x")[3], 8);
  EXPECT_EQ(s.output<float>("step", "y")[3], -8);
  EXPECT_EQ(s.state<float>("kept")[3], 8);
}

TEST(Session, GraphsShareTheStatesOfTheirProgram) {
  Program program;
  program.declare({"cache", kList, StateKind::cache});
  Graph put("put");
  const Value old = put.add_input("cache", kList, PortKind::state);
  const Value one = put.add_input("one", {DType::f32, {1}}, PortKind::data);
  const Value at = put.add_input("at", {DType::i32, {}}, PortKind::data);
  put.add_output("cache", ops::update_slice(old, one, at, {{"dim", int64_t{0}}}), PortKind::state);
  Graph sum("sum");
  sum.add_output("total", ops::sum(sum.add_input("cache", kList, PortKind::state),
                                   {{"dims", Shape{}}, {"keep", false}}));
  program.add(put);
  program.add(sum);
  Session s(compile(expand_for(program, "reference"), reference()), host_device(reference()));
  for (int i = 0; i < 4; ++i) {
    s.fill_arena(std::byte{0xff});
    set(s, s.input("put", "one"), static_cast<float>(i + 1));
    s.upload(s.input("put", "at"), std::span(&i, 1));
    s.run("put");
    s.run("sum");
    EXPECT_EQ(s.output<float>("sum", "total")[0], static_cast<float>((i + 1) * (i + 2) / 2));
  }
}

TEST(Session, EveryStepButViewsIsReported) {
  Graph g("step");
  const Value x = g.add_input("x", kList, PortKind::data);
  const Value y = ops::exp(ops::reshape(x, {{"shape", Shape{2, 2}}}), {}, "grown");
  g.add_output("y", y);
  Session s = session_of(g, {});
  std::vector<std::string> seen;
  s.on_step = [&](const Graph& graph, NodeId id, double seconds) {
    EXPECT_GE(seconds, 0);
    seen.push_back(graph.value(graph.node(id).outputs[0]).name);
  };
  s.run("step");
  EXPECT_EQ(seen, std::vector<std::string>{"grown"});
}

TEST(Session, EveryValueIsShownWhileItIsWhole) {
  Graph g("step");
  const Value x = g.add_input("x", kList, PortKind::data);
  const Value view = ops::reshape(x, {{"shape", Shape{2, 2}}}, "view");
  const Value more = ops::add(view, view, {}, "more");
  const Value most = ops::add(more, more, {}, "most");
  g.add_output("y", ops::reshape(most, {{"shape", Shape{4}}}, "flat"));
  Session s = session_of(g, {});
  std::vector<std::pair<std::string, float>> seen;
  s.on_value = [&](const Graph& graph, ValueId id, const DeviceTensor& tensor) {
    seen.emplace_back(graph.value(id).name, s.download<float>(tensor)[0]);
  };
  set(s, s.input("step", "x"), 1);
  s.run("step");
  const std::vector<std::pair<std::string, float>> expected{
      {"x", 1}, {"view", 1}, {"more", 2}, {"most", 4}, {"flat", 4}};
  EXPECT_EQ(seen, expected);
}

TEST(Session, WhatIsWrittenIntoAShownValueIsReadOn) {
  Graph g("step");
  const Value x = g.add_input("x", kList, PortKind::data);
  g.add_output("y", ops::neg(ops::add(x, x, {}, "twice")));
  Session s = session_of(g, {});
  s.on_value = [&](const Graph& graph, ValueId id, const DeviceTensor& tensor) {
    if (graph.value(id).name == "twice") s.upload(tensor, std::array{40.0F, 4.0F, 6.0F, 8.0F});
  };
  set(s, s.input("step", "x"), 1);
  s.run("step");
  EXPECT_EQ(s.output<float>("step", "y")[0], -40);
  EXPECT_EQ(s.output<float>("step", "y")[1], -4);
}

TEST(Session, WrongNamesAndTypesAreErrors) {
  Graph g("step");
  g.add_output("y", ops::exp(g.add_input("x", kList, PortKind::data)));
  g.add_output("w", g.input("x"), PortKind::state);
  Session s = session_of(g, {"w"});
  EXPECT_EQ(message<InternalError>([&] { s.run("stop"); }), "the program has no graph 'stop'");
  EXPECT_EQ(message<InternalError>([&] { s.input("step", "z"); }),
            "graph 'step' has no data input 'z'");
  EXPECT_EQ(message<InternalError>([&] { s.output<float>("step", "w"); }),
            "graph 'step' has no data output 'w'");
  EXPECT_EQ(message<InternalError>([&] { s.state<float>("x"); }), "the program has no state 'x'");
  EXPECT_EQ(message<InternalError>([&] { s.download<double>(s.input("step", "x")); }),
            "f32[4] read as elements of 8 bytes");
}

TEST(Compile, AnOpWithoutKernelIsNamedWithItsPlace) {
  Graph g("step");
  {
    Scope scope(g, "layer.3");
    g.add_output("y", g.add1(testing::plain, {g.add_input("x", kList, PortKind::data)}, {}, "odd"));
  }
  const std::string error = message<UserError>([&] { session_of(g, {}); });
  for (const char* part :
       {"there is no reference kernel for plain(f32[4])", "'layer.3.odd'", "session_test.cpp:"})
    EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(Compile, AnUnknownBackendIsNamed) {
  Graph g("step");
  g.add_output("y", ops::exp(g.add_input("x", kList, PortKind::data)));
  Program program;
  program.add(g);
  DeviceProfile profile;
  profile.backend = "abacus";
  const std::string error = message<UserError>([&] { compile(program, profile); });
  EXPECT_NE(error.find("there is no backend 'abacus'; known: cpu, reference, cuda"),
            std::string::npos)
      << error;
}

TEST(Compile, ErrorsOfAKernelKeepTheirKind) {
  const auto prepare = [](KernelFactory factory) {
    static KernelFactory made;
    made = factory;
    const KernelLibrary kernels{"odd", [](std::string_view) { return made; }};
    prepare_kernel({"exp", {}, std::span(&kList, 1), std::span(&kList, 1), reference()}, kernels);
  };
  EXPECT_EQ(message<InternalError>(
                [&] { prepare([](const KernelSpec&) -> Kernel { internal_error("no plan"); }); }),
            "the odd kernel for exp(f32[4]) cannot be made: no plan");
  EXPECT_EQ(message<UserError>(
                [&] { prepare([](const KernelSpec&) -> Kernel { user_error("no f16"); }); }),
            "the odd kernel for exp(f32[4]) cannot be made: no f16");
  EXPECT_THROW(prepare([](const KernelSpec&) -> Kernel { throw std::bad_alloc(); }),
               std::bad_alloc);
}

TEST(Session, IsForTheBackendThatItWasCompiledFor) {
  Graph g("step");
  g.add_output("y", ops::exp(g.add_input("x", kList, PortKind::data)));
  Program program;
  program.add(g);
  DeviceProfile cpu;
  EXPECT_EQ(message<InternalError>(
                [&] { Session(compile(std::move(program), reference()), host_device(cpu)); }),
            "a program compiled for 'reference' on a device of 'cpu'");
}

TEST(Session, UploadsAreOfTheRightSize) {
  Graph g("step");
  g.add_output("y", ops::exp(g.add_input("x", kList, PortKind::data)));
  Session s = session_of(g, {});
  EXPECT_EQ(message<InternalError>([&] { s.upload(s.input("step", "x"), std::array{1.0F}); }),
            "f32[4] written with 1 elements");
}

TEST(Tensor, CopiesOfNoTensorAreNone) {
  const Tensor none;
  Tensor copy = none;
  EXPECT_EQ(copy.bytes(), nullptr);
  copy = Tensor::scalar(DType::f32, 3);
  copy = none;
  EXPECT_EQ(copy.bytes(), nullptr);
}

TEST(Evaluate, InputsMustBeThereAndOfTheirType) {
  Graph g("step");
  g.add_output("y", ops::exp(g.add_input("x", kList, PortKind::data)));
  EXPECT_EQ(message<UserError>([&] { evaluate(g, {}, reference()); }),
            "input 'x' of graph 'step' is missing");
  EXPECT_EQ(message<UserError>([&] {
              evaluate(g, {{"x", Tensor({DType::f32, {5}})}}, reference());
            }),
            "input 'x' is f32[5], not f32[4]");
}

}  // namespace
}  // namespace tessera
