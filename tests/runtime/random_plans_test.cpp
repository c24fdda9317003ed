// Planned runs against evaluate, which has a buffer for every value and reuses none: the same bits,
// for random programs over several runs with states. The arena is filled with NaN before each run,
// so that a read of dead memory shows.
#include <gtest/gtest.h>

#include <cstring>

#include "framework/runtime/evaluate.h"
#include "framework/runtime/session.h"
#include "tests/host_device.h"
#include "tests/passes/random_graph.h"

namespace tessera {
namespace {

using testing::RandomGraph;

struct RandomProgram {
  Program program;
  std::vector<State> states;
};

/// A graph that reads some of the states and stores some, in all the ways that can be.
Graph random_step(const std::string& name, uint64_t seed, DType dtype,
                  const std::vector<State>& states) {
  RandomGraph random(name, seed, dtype, false);
  for (int64_t i = 0, n = 1 + random.below(3); i < n; ++i)
    random.add_input(fmt::format("x{}", i), PortKind::data, random.any_shape());
  std::vector<const State*> read;
  for (const State& s : states)
    if (random.below(3) > 0) {
      random.add_input(s.name, PortKind::state, s.type.shape);
      read.push_back(&s);
    }
  random.grow(static_cast<int>(2 + random.below(30)));
  Graph& g = random.graph();
  for (const State& s : states) {
    const Port* old = g.find_input(s.name);
    switch (random.below(5)) {
      case 0:
        break;  // not stored
      case 1:   // another input as it is: a swap, a copy, or no change at all
        for (const Port& port : g.inputs())
          if (g.value(port.value).type == s.type && random.below(2) == 0 && !g.find_output(s.name))
            g.add_output(s.name, g.handle(port.value), PortKind::state);
        break;
      case 2:  // in place, where nothing reads the old value later
        if (old) {
          const Value gradient = random.of_type(s.type);
          g.add_output(s.name, ops::sub(g.handle(old->value), gradient * 0.1), PortKind::state);
          break;
        }
        [[fallthrough]];
      default:
        g.add_output(s.name, random.of_type(s.type), PortKind::state);
    }
  }
  for (int64_t i = 0, n = 1 + random.below(4); i < n; ++i)
    g.add_output(fmt::format("y{}", i), random.any());
  return g;
}

RandomProgram random_program(uint64_t seed, DType dtype) {
  RandomProgram out;
  std::mt19937_64 engine(seed);
  const std::vector<Shape> shapes{{}, {16}, {4, 16}, {4, 16}, {2, 3}};
  for (uint64_t i = 0, n = engine() % 5; i < n; ++i)
    out.states.push_back(
        {fmt::format("s{}", i), {dtype, shapes[engine() % 5]}, StateKind::parameter});
  for (const State& s : out.states) out.program.declare(s);
  for (uint64_t i = 0; i < 2; ++i)
    out.program.add(random_step(fmt::format("g{}", i), seed * 2 + i, dtype, out.states));
  return out;
}

template <typename T>
class Comparison {
 public:
  Comparison(const RandomProgram& random, const DeviceProfile& profile, uint64_t seed)
      : random_(random),
        profile_(profile),
        session_(compile(expand_for(random.program, profile.backend), profile),
                 host_device(profile)),
        engine_(seed) {
    for (const State& s : random.states) {
      states_[s.name] = fresh(s.type);
      write(session_.state(s.name), states_[s.name]);
    }
  }

  void run(const Graph& graph) {
    session_.fill_arena(std::byte{0xff});
    Tensors in = states_;
    for (const Port& port : graph.inputs())
      if (port.kind == PortKind::data) {
        in[port.name] = fresh(graph.value(port.value).type);
        write(session_.input(graph.name(), port.name), in[port.name]);
      }
    const Tensors out = evaluate(graph, in, profile_);
    session_.run(graph.name());
    for (const Port& port : graph.outputs()) {
      if (port.kind == PortKind::state) {
        states_[port.name] = out.at(port.name);
        continue;
      }
      const auto got = session_.output<T>(graph.name(), port.name);
      EXPECT_EQ(std::memcmp(got.data(), out.at(port.name).bytes(), got.size_bytes()), 0)
          << "output " << port.name.str() << " of " << graph.name();
    }
    for (const State& s : random_.states)
      EXPECT_EQ(
          std::memcmp(session_.state<T>(s.name).data(), states_.at(s.name).bytes(), s.type.bytes()),
          0)
          << "state " << s.name << " after " << graph.name();
  }

 private:
  Tensor fresh(const TensorType& type) {
    std::uniform_real_distribution<double> uniform(-1, 1);
    std::vector<double> values;
    for (int64_t i = 0; i < type.numel(); ++i) values.push_back(uniform(engine_));
    return Tensor::of<double>(type.dtype, type.shape, values);
  }
  void write(const DeviceTensor& to, const Tensor& from) {
    session_.upload(to, std::span(from.data<T>(), static_cast<size_t>(from.type().numel())));
  }

  const RandomProgram& random_;
  DeviceProfile profile_;
  Session session_;
  std::mt19937_64 engine_;
  Tensors states_;
};

template <typename T>
void compare(const std::string& backend, DType dtype, uint64_t programs) {
  DeviceProfile profile;
  profile.backend = backend;
  for (uint64_t seed = 0; seed < programs; ++seed) {
    const RandomProgram random = random_program(seed, dtype);
    Comparison<T> comparison(random, profile, seed);
    for (int round = 0; round < 3; ++round)
      for (const Graph& graph : random.program.graphs()) comparison.run(graph);
    if (::testing::Test::HasFailure()) {
      for (const CompiledGraph& graph :
           compile(expand_for(random.program, backend), profile).graphs)
        ADD_FAILURE() << "seed " << seed << "\n" << to_string(graph.plan);
      return;
    }
  }
}

TEST(RandomPlans, OnTheReferenceBackendInF64) { compare<double>("reference", DType::f64, 200); }
TEST(RandomPlans, OnTheReferenceBackendInF32) { compare<float>("reference", DType::f32, 100); }
TEST(RandomPlans, OnTheCpu) { compare<float>("cpu", DType::f32, 300); }

}  // namespace
}  // namespace tessera
