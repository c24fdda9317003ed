// What is planned is what is taken: running a graph allocates nothing, and the buffers of a session
// are as large as its plan says, to the byte. (Whole models: tests/models/allocation_test.cpp.)
#include <gtest/gtest.h>
#include <malloc.h>

#include "framework/device/cpu/memory.h"
#include "framework/ops/iota.h"
#include "framework/ops/shared/fill.h"
#include "framework/runtime/collectives.h"
#include "framework/runtime/session.h"
#include "tests/host_device.h"
#include "tests/runtime/counted_new.h"

namespace tessera {
namespace {

Value total(Value x) { return ops::sum(x, {{"dims", Shape{}}, {"keep", false}}); }

/// One step of a small model without matrix products, with most kinds of kernels, and states that
/// are copied and swapped.
Program elementwise_step() {
  Graph g("step");
  const TensorType type{DType::f32, {64, 96}};
  const Value x = g.add_input("x", type, PortKind::data);
  const Value w = g.add_input("w", type, PortKind::state),
              old = g.add_input("old", type, PortKind::state);
  const Value h = ops::softmax(ops::gelu(ops::mul(x, w), {{"form", std::string("tanh")}}),
                               {{"dim", int64_t{1}}});
  const Value part = ops::slice(h, {{"starts", Shape{16, 0}}, {"limits", Shape{48, 96}}});
  const Value turned = ops::transpose(part, {{"perm", Shape{1, 0}}});
  const Value picked = ops::gather(h, iota(g, {DType::i32, {8}}, 0), {{"dim", int64_t{0}}});
  const Value top = ops::top_k.all({picked}, {{"k", int64_t{3}}})[0];
  const Value scattered =
      ops::update_slice(ops::tanh(h), picked, {{"dim", int64_t{0}}, {"start", int64_t{4}}});
  g.add_output("loss", total(turned) + total(top) + total(ops::maximum(scattered, old)));
  g.add_output("w", ops::sub(w, h * 0.1), PortKind::state);
  g.add_output("old", w, PortKind::state);
  Program program;
  program.declare({"w", type, StateKind::parameter});
  program.declare({"old", type, StateKind::parameter});
  program.add(std::move(g));
  return program;
}

Program product_step() {
  Graph g("step");
  const TensorType type{DType::f32, {256, 256}};
  const Value x = g.add_input("x", type, PortKind::data),
              w = g.add_input("w", type, PortKind::state);
  Value h = x;
  for (int i = 0; i < 4; ++i) h = ops::tanh(ops::matmul(h, w, {{"trans_b", i % 2 == 0}}));
  g.add_output("y", total(h));
  Program program;
  program.declare({"w", type, StateKind::parameter});
  program.add(std::move(g));
  return program;
}

DeviceProfile on(const std::string& backend) {
  DeviceProfile profile;
  profile.backend = backend;
  return profile;
}

TEST(Allocation, RunningAGraphAllocatesNothing) {
  Session session(compile(elementwise_step(), on("cpu")), host_device(on("cpu")));
  const auto run = [&] {
    session.fill<float>(session.input("step", "x"),
                        [](std::span<float> x) { std::ranges::fill(x, 0.5F); });
    session.run("step");
  };
  const auto heap = [] {  // what malloc gave out, whoever asked for it
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  run();  // threads start here
  const size_t held = heap();
  const testing::AllocationWatch watch;
  run();
  EXPECT_EQ(watch.own(), 0);
  EXPECT_EQ(heap(), held);
}

TEST(Allocation, ReadingAndWritingPortsAllocatesNothing) {
  Session session(compile(elementwise_step(), on("cpu")), host_device(on("cpu")));
  const testing::AllocationWatch watch;
  session.fill<float>(session.input("step", "x"), [](std::span<float> x) { x[0] = 1; });
  session.fill<float>(session.state("w"), [](std::span<float> w) { w[0] = 1; });
  EXPECT_EQ(session.state<float>("w")[0], 1);
  EXPECT_EQ(session.output<float>("step", "loss").size(), 1u);
  EXPECT_EQ(watch.own(), 0);
}

/// A transport that allocates nothing itself.
class NothingToExchange final : public Communicator, public World {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  const std::vector<std::string>& hosts() const override { return hosts_; }
  Communicator& group(std::span<const int64_t>) override { return *this; }
  void give_up(std::string_view) override {}
  int64_t pieces = 0;

 private:
  Ticket post(Collective call) override {
    pieces += static_cast<int64_t>(call.pieces.size());
    return 1;
  }
  void complete(Ticket) override {}
  std::vector<std::string> hosts_{"here"};
};

TEST(Allocation, StartingACollectiveAllocatesNothing) {
  NothingToExchange world;
  const MeshPlace place{Mesh({{"dp", 1}}), 0, &world};
  const std::vector<TensorType> types(20, {DType::f32, {4}});
  const Attrs attrs{{"axis", std::string("dp")}, {"ranks", int64_t{1}}};
  Tickets tickets;
  const Kernel kernel = prepare_collective({"all_reduce", attrs, types, types, on("cpu")},
                                           "layer.0.attention.query.weight.gradient", place,
                                           tickets, std::make_shared<Traffic>());
  std::vector<float> memory(4);
  const std::vector<void*> pointers(types.size(), memory.data());
  const auto run = [&] { kernel.run({pointers.data(), pointers.data(), nullptr}); };
  run();  // its list of pieces is made
  const testing::AllocationWatch watch;
  run();
  EXPECT_EQ(watch.own(), 0);
  EXPECT_EQ(world.pieces, 40);
}

TEST(Allocation, PlannedEqualsMeasuredToTheByte) {
  for (auto* make : {&elementwise_step, &product_step}) {
    for (const char* backend : {"cpu", "reference"}) {
      const size_t held = buffer_bytes().current;
      Compiled compiled = compile(expand_for(make(), backend), on(backend));
      EXPECT_EQ(buffer_bytes().current, held) << "a plan takes no memory";
      const auto planned = static_cast<size_t>(compiled.bytes());
      reset_buffer_peak();
      Session session(std::move(compiled), host_device(on(backend)));
      for (int i = 0; i < 3; ++i) session.run("step");
      EXPECT_EQ(buffer_bytes().current - held, planned) << backend;
      EXPECT_EQ(buffer_bytes().peak - held, planned) << backend;
    }
  }
}

}  // namespace
}  // namespace tessera
