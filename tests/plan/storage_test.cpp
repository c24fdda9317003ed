#include "framework/plan/storage.h"

#include <gtest/gtest.h>

#include "framework/ops/shared/fill.h"
#include "tests/passes/toy_ops.h"

namespace tessera {
namespace {

using testing::donor;
using testing::over_any;
using testing::over_first;
using testing::plain;
using testing::twins;
using testing::window;

const TensorType kList{DType::f32, {32}};

struct Planned {
  Storage storage;
  const StoragePlace& of(Value v) const { return storage.values[static_cast<size_t>(v.id())]; }
  const StorageBuffer& buffer(Value v) const {
    return storage.buffers[static_cast<size_t>(of(v).buffer)];
  }
  bool together(Value a, Value b) const { return of(a) == of(b); }
};

/// A data input, a value that a node makes of one, and a state.
Value data(Graph& g, const char* name = "x") { return g.add_input(name, kList, PortKind::data); }
Value made(Graph& g) { return plain(data(g)); }
Value state(Graph& g, const char* name) { return g.add_input(name, kList, PortKind::state); }

Planned plan(const Graph& graph) { return {assign_storage(graph)}; }

std::string error_of(const Graph& graph) {
  try {
    assign_storage(graph);
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

TEST(Storage, EveryValueHasItsLifetime) {
  Graph g;
  const Value x = data(g), unread = data(g, "unread");
  const Value a = plain(x), unused = plain(a), b = plain(a);
  g.add_output("b", b);
  const Planned p = plan(g);
  EXPECT_EQ(p.buffer(x).first, -1);
  EXPECT_EQ(p.buffer(x).last, 0);
  EXPECT_EQ(p.buffer(unread).last, -1);
  EXPECT_EQ(p.buffer(a).first, 0);
  EXPECT_EQ(p.buffer(a).last, 2);
  EXPECT_EQ(p.buffer(unused).first, 1);
  EXPECT_EQ(p.buffer(unused).last, 1);
  EXPECT_EQ(p.buffer(b).last, 3);  // outputs live past the last step
  EXPECT_EQ(p.buffer(a).bytes, 128);
}

TEST(Storage, AViewIsItsOperandAndKeepsItAlive) {
  Graph g;
  const Value x = made(g);
  const Value part = window(x, {{"begin", int64_t{16}}, {"count", int64_t{16}}});
  const Value rest = window(part, {{"begin", int64_t{0}}, {"count", int64_t{4}}});
  const Value other = plain(x);
  g.add_output("part", plain(rest));
  const Planned p = plan(g);
  EXPECT_EQ(p.of(part), (StoragePlace{p.of(x).buffer, 64}));
  EXPECT_EQ(p.of(rest), (StoragePlace{p.of(x).buffer, 64}));
  EXPECT_EQ(p.buffer(x).last, 4);
  EXPECT_FALSE(p.together(other, x));
}

TEST(Storage, AResultTakesThePlaceOfAnOperandThatEnds) {
  Graph g;
  const Value x = data(g);
  const Value a = over_first(x), b = over_first(a);
  const Value c = over_first(a);  // a ends here, b does not read it any more
  g.add_output("b", b);
  g.add_output("c", c);
  const Planned p = plan(g);
  EXPECT_TRUE(p.together(a, x));
  EXPECT_FALSE(p.together(b, a));
  EXPECT_TRUE(p.together(c, a));
  EXPECT_EQ(p.buffer(c).last, 3);
}

TEST(Storage, NotWhenAViewIsStillRead) {
  Graph g;
  const Value x = made(g);
  const Value view = ops::reshape(x, {{"shape", Shape{4, 8}}});
  const Value y = over_first(x);
  g.add_output("y", y);
  g.add_output("z", plain(view));
  EXPECT_FALSE(plan(g).together(y, x));
}

TEST(Storage, NotOverAnotherOperandInTheSameMemory) {
  Graph g;
  const Value x = made(g);
  const Value view = ops::reshape(x, {{"shape", kList.shape}});
  const Value y = over_any(x, view);
  g.add_output("y", y);
  EXPECT_FALSE(plan(g).together(y, x));
}

TEST(Storage, TheSameOperandTwiceIsOverwrittenOnlyWhereBothAllowIt) {
  Graph g;
  const Value x = made(g);
  const Value w = plain(x);
  const Value y = over_first(x, x), z = over_any(w, w);
  g.add_output("y", y);
  g.add_output("z", z);
  const Planned p = plan(g);
  EXPECT_FALSE(p.together(y, x));
  EXPECT_TRUE(p.together(z, w));
}

TEST(Storage, TwoResultsNeverShareAnOperandsPlace) {
  for (const bool first_unused : {false, true}) {
    Graph g;
    const auto pair = twins.all({made(g)});
    g.add_output("y", pair[1]);
    if (!first_unused) g.add_output("z", pair[0]);
    EXPECT_FALSE(plan(g).together(pair[0], pair[1]));
  }
}

TEST(Storage, ADonationOverwritesItsOperand) {
  Graph g;
  const Value x = made(g), update = plain(x);
  const Value y = donor(x, update), z = donor(y, update);
  g.add_output("z", z);
  const Planned p = plan(g);
  EXPECT_TRUE(p.together(x, y));
  EXPECT_TRUE(p.together(x, z));
}

TEST(Storage, ReadingADonatedValueAfterwardsIsAnErrorThatNamesBoth) {
  Graph g;
  const Value x = g.add1(plain, {data(g, "in")}, {}, "old");
  g.add_output("y", g.add1(donor, {x, x}, {}, "first"));  // read by the step that overwrites it
  EXPECT_NE(error_of(g).find("'old'"), std::string::npos) << error_of(g);

  Graph h;
  const Value w = h.add1(plain, {data(h, "in")}, {}, "old");
  const Value update = plain(w);
  h.add_output("y", h.add1(donor, {w, update}, {}, "overwriter"));
  h.add_output("z", h.add1(plain, {w}, {}, "late"));
  const std::string error = error_of(h);
  for (const char* name : {"'old'", "'late'", "overwriter"})
    EXPECT_NE(error.find(name), std::string::npos) << error;
}

TEST(Storage, AnOutputMayNotBeDonated) {
  Graph g;
  const Value x = made(g), update = plain(x);
  g.add_output("y", donor(x, update));
  g.add_output("old", x);
  EXPECT_NE(error_of(g).find("the output 'old'"), std::string::npos) << error_of(g);
}

TEST(Storage, AViewMadeBeforeADonationMayNotBeReadAfterIt) {
  Graph g;
  const Value x = made(g), update = plain(x);
  const Value view = ops::reshape(x, {{"shape", Shape{4, 8}}}, "seen");
  g.add_output("y", donor(x, update));
  g.add_output("z", plain(view));
  EXPECT_NE(error_of(g).find("'seen'"), std::string::npos) << error_of(g);
}

TEST(Storage, PartsBesideADonatedPartStayReadable) {
  Graph g;
  const Value x = made(g);
  const Value low = window(x, {{"begin", int64_t{0}}, {"count", int64_t{16}}});
  const Value high = window(x, {{"begin", int64_t{16}}, {"count", int64_t{16}}});
  g.add_output("low", donor(low, plain(low)));
  g.add_output("high", plain(high));
  EXPECT_EQ(error_of(g), "");
  g.add_output("whole", plain(x));
  EXPECT_NE(error_of(g), "");
}

// States.

TEST(StorageOfStates, AStateIsUpdatedInPlace) {
  Graph g;
  const Value w = state(g, "w");
  const Value gradient = plain(w);
  const Value next = over_any(w, gradient);
  g.add_output("w", next, PortKind::state);
  const Planned p = plan(g);
  EXPECT_TRUE(p.together(w, next));
  EXPECT_EQ(p.buffer(w).state, "w");
  EXPECT_TRUE(p.storage.copies.empty());
}

TEST(StorageOfStates, NotOverwrittenByWhatIsNotStored) {
  Graph g;
  const Value w = state(g, "w");
  const Value other = over_first(w);
  g.add_output("y", other);
  const Planned p = plan(g);
  EXPECT_FALSE(p.together(w, other));
  EXPECT_EQ(p.buffer(other).state, "");
}

TEST(StorageOfStates, MadeWhereItLivesWhenTheOldValueIsDoneWith) {
  Graph g;
  const Value w = state(g, "w");
  const Value a = plain(w), b = plain(a);
  g.add_output("w", b, PortKind::state);
  const Planned p = plan(g);
  EXPECT_EQ(p.buffer(b).state, "w");
  EXPECT_EQ(p.buffer(a).state, "");
  EXPECT_TRUE(p.storage.copies.empty());
}

TEST(StorageOfStates, AChainInPlaceEndsInTheState) {
  Graph g;
  const Value w = state(g, "w");
  const Value decayed = over_first(w), next = over_first(decayed);
  g.add_output("w", next, PortKind::state);
  const Planned p = plan(g);
  EXPECT_EQ(p.buffer(next).state, "w");
  EXPECT_TRUE(p.storage.copies.empty());
}

TEST(StorageOfStates, CopiedWhenTheOldValueIsStillRead) {
  Graph g;
  const Value w = state(g, "w");
  const Value next = plain(w), late = plain(w);
  g.add_output("w", next, PortKind::state);
  g.add_output("late", late);
  const Planned p = plan(g);
  EXPECT_EQ(p.buffer(next).state, "");
  ASSERT_EQ(p.storage.copies.size(), 1u);
  EXPECT_EQ(p.storage.copies[0].from, p.of(next));
  EXPECT_EQ(p.storage.copies[0].to, p.of(w).buffer);
  EXPECT_EQ(p.buffer(next).last, 2);
}

TEST(StorageOfStates, PassedThroughUnchangedCostsNothing) {
  Graph g;
  const Value w = state(g, "w");
  g.add_output("w", w, PortKind::state);
  g.add_output("seen", w);
  const Planned p = plan(g);
  EXPECT_TRUE(p.storage.copies.empty());
  EXPECT_EQ(p.storage.outputs[1], p.of(w));
}

TEST(StorageOfStates, ADataInputIsCopiedIn) {
  Graph g;
  const Value x = data(g);
  g.add_output("w", x, PortKind::state);
  const Planned p = plan(g);
  ASSERT_EQ(p.storage.copies.size(), 1u);
  EXPECT_EQ(p.storage.copies[0].from, p.of(x));
  EXPECT_EQ(p.storage.buffers[static_cast<size_t>(p.storage.copies[0].to)].state, "w");
}

TEST(StorageOfStates, OneValueStoredTwiceIsCopiedOnce) {
  Graph g;
  const Value x = made(g);
  g.add_output("a", x, PortKind::state);
  g.add_output("b", x, PortKind::state);
  const Planned p = plan(g);
  EXPECT_EQ(p.buffer(x).state, "a");
  ASSERT_EQ(p.storage.copies.size(), 1u);
  EXPECT_EQ(p.storage.copies[0].from, p.of(x));
}

TEST(StorageOfStates, TwoThatChangePlacesPassThroughSpareMemory) {
  Graph g;
  const Value a = state(g, "a"), b = state(g, "b");
  g.add_output("a", b, PortKind::state);
  g.add_output("b", a, PortKind::state);
  EXPECT_EQ(plan(g).storage.copies.size(), 3u);
}

TEST(StorageOfStates, AShiftIsCopiedFromItsEnd) {
  Graph g;
  const Value a = state(g, "a"), b = state(g, "b"), c = state(g, "c");
  g.add_output("b", a, PortKind::state);
  g.add_output("c", b, PortKind::state);
  g.add_output("a", a, PortKind::state);
  const Planned p = plan(g);
  ASSERT_EQ(p.storage.copies.size(), 2u);
  EXPECT_EQ(p.storage.copies[0].to, p.of(c).buffer);
  EXPECT_EQ(p.storage.copies[1].to, p.of(b).buffer);
}

TEST(StorageOfStates, AResultThatIsTheOldStateIsSavedFirst) {
  Graph g;
  const Value w = state(g, "w");
  const Value view = ops::reshape(w, {{"shape", Shape{4, 8}}});
  g.add_output("old", view);
  g.add_output("w", plain(w), PortKind::state);
  const Planned p = plan(g);
  ASSERT_EQ(p.storage.copies.size(), 2u);
  EXPECT_EQ(p.storage.copies[0].from, p.of(view));
  EXPECT_EQ(p.storage.outputs[0].buffer, p.storage.copies[0].to);
  EXPECT_EQ(p.storage.buffers[static_cast<size_t>(p.storage.outputs[0].buffer)].state, "");
  EXPECT_EQ(p.storage.copies[1].to, p.of(w).buffer);
}

TEST(StorageOfStates, ADonatedStateMustBeStored) {
  Graph g;
  const Value w = state(g, "w"), update = data(g);
  const Value next = g.add1(donor, {w, update}, {}, "sweep");
  g.add_output("y", plain(next));
  EXPECT_NE(error_of(g).find("the state 'w' is overwritten but not stored"), std::string::npos)
      << error_of(g);
  g.add_output("w", next, PortKind::state);
  EXPECT_EQ(error_of(g), "");
}

}  // namespace
}  // namespace tessera
