#include "tests/comm/conformance.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/comm/checked_collective.h"

namespace tessera {
namespace {

using Kind = Collective::Kind;

constexpr Kind kKinds[] = {Kind::all_reduce, Kind::all_gather, Kind::reduce_scatter,
                           Kind::all_to_all, Kind::broadcast,  Kind::shift};
constexpr DType kDtypes[] = {DType::f32, DType::bf16, DType::f64, DType::i32, DType::i64};

void expect(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error(what);
}

bool reduces(Kind kind) { return kind == Kind::all_reduce || kind == Kind::reduce_scatter; }

/// Runs `body` for every root in turn, or once where the collective has no root.
template <typename Body>
void for_roots(Communicator& group, Kind kind, const Body& body) {
  for (int root = 0; root < (kind == Kind::broadcast ? group.size() : 1); ++root) body(root);
}

void kinds_types_and_counts(World& world) {
  Communicator& all = world.all();
  for (const Kind kind : kKinds)
    for (const DType dtype : kDtypes)
      for (const int64_t count : {0, 1, 3, 1037})
        for_roots(all, kind, [&](int root) {
          run_checked(all, {.kind = kind, .dtype = dtype, .counts = {count}, .root = root});
        });
}

void maxima(World& world) {
  for (const Kind kind : {Kind::all_reduce, Kind::reduce_scatter})
    for (const DType dtype : kDtypes)
      run_checked(world.all(),
                  {.kind = kind, .dtype = dtype, .counts = {1, 1037}, .reduction = Reduction::max});
}

void booleans(World& world) {
  for (const Kind kind : kKinds)
    run_checked(
        world.all(),
        {.kind = kind, .dtype = DType::boolean, .counts = {1, 1037}, .reduction = Reduction::max});
}

void narrow_on_the_wire(World& world) {
  for (const Kind kind : kKinds)
    for (const int64_t count : {int64_t{1}, int64_t{1037}, int64_t{300'001}})
      for_roots(world.all(), kind, [&](int root) {
        run_checked(world.all(), {.kind = kind,
                                  .dtype = DType::f32,
                                  .counts = {count, 7},
                                  .wire = DType::bf16,
                                  .root = root});
      });
}

void lists_of_pieces(World& world) {
  for (const Kind kind : kKinds) {
    run_checked(world.all(), {.kind = kind, .dtype = DType::f32, .counts = {}});
    run_checked(world.all(),
                {.kind = kind, .dtype = DType::f32, .counts = std::vector<int64_t>(150, 1)});
    run_checked(
        world.all(),
        {.kind = kind, .dtype = DType::bf16, .counts = {0, 1, 70'001, 0, 5, 200'000, 1037, 1, 0}});
  }
}

void in_place(World& world) {
  for (const DType wire : {DType::f32, DType::bf16})
    for (const Kind kind : {Kind::all_reduce, Kind::broadcast})
      for_roots(world.all(), kind, [&](int root) {
        run_checked(world.all(), {.kind = kind,
                                  .dtype = DType::f32,
                                  .counts = {1, 250'000, 1037},
                                  .wire = wire,
                                  .root = root,
                                  .in_place = true});
      });
}

void large(World& world) {
  constexpr int64_t count = (64 << 20) / 4, less = count / 16;
  run_checked(world.all(), {.kind = Kind::all_reduce, .counts = {count}});
  run_checked(world.all(), {.kind = Kind::all_gather, .counts = {less}});
  run_checked(world.all(), {.kind = Kind::reduce_scatter, .counts = {less}});
  run_checked(world.all(), {.kind = Kind::all_to_all, .counts = {less}});
  run_checked(world.all(), {.kind = Kind::broadcast, .counts = {less}, .root = world.size() - 1});
}

/// Shifts go around the ring, both ways, further than it is long, and to oneself.
void shifts(World& world) {
  const int n = world.size();
  for (const int offset : {1, -1, 2, 0, n, -n, n + 1, -2 * n - 1, 1000003, -1000003})
    for (const DType wire : {DType::f32, DType::bf16})
      run_checked(
          world.all(),
          {.kind = Kind::shift, .counts = {1, 0, 70'001, 1037}, .wire = wire, .offset = offset});
  run_checked(world.all(), {.kind = Kind::shift, .counts = {(8 << 20) / 4}, .offset = -1});
  // Once around, n steps of one: every rank has its own part again.
  std::vector<int64_t> part(1037, world.rank()), next(1037);
  for (int step = 0; step < n; ++step) {
    world.all().run({.kind = Kind::shift,
                     .dtype = DType::i64,
                     .pieces = {{part.data(), next.data(), int64_t(part.size())}}});
    part.swap(next);
    const int64_t owner = (world.rank() - step - 1 + n) % n;
    expect(std::ranges::all_of(part, [&](int64_t x) { return x == owner; }),
           fmt::format("step {} around the ring brings another's part", step));
  }
}

/// The groups of a 2×2 grid that this rank is in; fewer ranks make one row.
std::vector<Communicator*> grid(World& world) {
  if (world.size() < 4) return {&world.all(), &world.all()};
  const int64_t r = world.rank();
  if (r >= 4) return {};
  const int64_t row[] = {r / 2 * 2, r / 2 * 2 + 1}, column[] = {r % 2, r % 2 + 2};
  return {&world.group(row), &world.group(column)};
}

void rows_and_columns(World& world) {
  const std::vector<Communicator*> groups = grid(world);
  std::vector<std::unique_ptr<CheckedCollective>> started;
  for (uint64_t round = 0; round < 5; ++round)
    for (Communicator* group : groups)
      for (const Kind kind : kKinds)
        started.push_back(
            start_checked(*group, {.kind = kind, .counts = {1037, 40'000}, .seed = round}));
  for (auto& call : started) call->finish();
}

void waits_out_of_order(World& world) {
  std::vector<std::unique_ptr<CheckedCollective>> started;
  for (uint64_t i = 0; i < 20; ++i) {
    started.push_back(start_checked(world.all(), {.kind = kKinds[i % std::size(kKinds)],
                                                  .dtype = kDtypes[i % 4],
                                                  .counts = {int64_t(i * 5003)},
                                                  .seed = i}));
  }
  std::mt19937_64 random(uint64_t(world.rank()) + 1);
  std::ranges::shuffle(started, random);
  for (auto& call : started) call->finish();
}

void groups_of_some(World& world) {
  const int64_t n = world.size(), r = world.rank();
  std::vector<int64_t> backwards;
  for (int64_t i = n; i-- > 0;) backwards.push_back(i);
  const int64_t alone[] = {r};
  const int64_t ends[] = {n - 1, 0};
  for (const Kind kind : kKinds) {
    run_checked(world.group(backwards), {.kind = kind, .counts = {1037, 50'000}});
    run_checked(world.group(alone), {.kind = kind, .counts = {1037}, .wire = DType::bf16});
    if (n > 1 && (r == 0 || r == n - 1))
      run_checked(world.group(ends), {.kind = kind, .counts = {1037}});
  }
  expect(&world.group(alone) == &world.group(alone), "one group is two");
  expect(world.group(backwards).rank() == n - 1 - r, "a group is not in the order given");
}

void pause(std::mt19937_64& random) {
  std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
}

void same_bits_whatever_the_timing(World& world) {
  std::mt19937_64 random(uint64_t(world.rank()) * 31 + 5);
  Communicator& all = world.all();
  for (const DType dtype : {DType::f32, DType::bf16}) {
    uint64_t first = 0;
    for (int repetition = 0; repetition < 10; ++repetition) {
      pause(random);
      auto call = start_checked(all, {.dtype = dtype, .counts = {1, 60'001}});
      pause(random);
      call->finish();
      if (repetition == 0) first = call->hash();
      expect(call->hash() == first, "other bits than the first time");
    }
    std::vector<int64_t> hashes(static_cast<size_t>(all.size()));
    const auto mine = static_cast<int64_t>(first);
    all.run({.kind = Kind::all_gather, .dtype = DType::i64, .pieces = {{&mine, hashes.data(), 1}}});
    for (const int64_t other : hashes) expect(other == mine, "ranks have other bits");
  }
}

/// A program that all ranks derive from one seed: collectives of all sorts on all sorts of groups,
/// many in flight.
void random_programs(World& world) {
  std::mt19937_64 random(2024);
  std::mt19937_64 own(uint64_t(world.rank()));
  std::vector<std::unique_ptr<CheckedCollective>> started;
  for (uint64_t step = 0; step < 300; ++step) {
    std::vector<int64_t> ranks;
    for (int64_t r = 0; r < world.size(); ++r)
      if (random() % 3 != 0) ranks.push_back(r);
    if (random() % 2) std::ranges::reverse(ranks);
    CheckedCall call{
        .kind = kKinds[random() % std::size(kKinds)], .dtype = kDtypes[random() % 5], .seed = step};
    for (uint64_t p = random() % 4; p-- > 0;)
      call.counts.push_back(int64_t(random() % (random() % 8 == 0 ? 200'000 : 700)));
    if (reduces(call.kind) && random() % 2) call.reduction = Reduction::max;
    if (call.dtype == DType::f32 && random() % 2) call.wire = DType::bf16;
    call.root = ranks.empty() ? 0 : int(random() % ranks.size());
    call.offset = int(random() % 9) - 4;
    call.in_place = (call.kind == Kind::all_reduce || call.kind == Kind::broadcast) && random() % 2;
    if (std::ranges::find(ranks, int64_t{world.rank()}) == ranks.end()) continue;
    started.push_back(start_checked(world.group(ranks), call));
    if (own() % 3 == 0) pause(own);
    while (started.size() > 8 || (own() % 4 == 0 && !started.empty())) {
      const auto chosen = started.begin() + int64_t(own() % started.size());
      (*chosen)->finish();
      started.erase(chosen);
    }
  }
  for (auto& call : started) call->finish();
}

void misuse_is_refused(World& world) {
  Communicator& all = world.all();
  const auto refused = [&](const std::string& what, const auto& body) {
    try {
      body();
    } catch (const InternalError&) {
      return;
    }
    throw std::runtime_error(what + " is not refused");
  };
  float x = 0;
  const auto ticket = all.start({.pieces = {{&x, &x, 1}}, .name = "twice"});
  all.wait(ticket);
  refused("a second wait", [&] { all.wait(ticket); });
  refused("a wait for nothing", [&] { all.wait(12345); });
  refused("f32 as i32", [&] { all.start({.pieces = {{&x, &x, 1}}, .wire = DType::i32}); });
  refused("a sum of booleans", [&] {
    all.start({.dtype = DType::boolean, .pieces = {{&x, &x, 1}}});
  });
  refused("a negative count", [&] { all.start({.pieces = {{&x, &x, -1}}}); });
  refused("no memory", [&] { all.start({.pieces = {{nullptr, &x, 1}}}); });
  refused("a shift in place", [&] { all.start({.kind = Kind::shift, .pieces = {{&x, &x, 1}}}); });
  refused("a root outside", [&] { all.start({.kind = Kind::broadcast, .root = all.size()}); });
  const int64_t others[] = {(world.rank() + 1) % world.size()};
  if (world.size() > 1) refused("another's group", [&] { world.group(others); });
  all.barrier();
}

void what_overlaps_counts_once(World& world) {
  const auto begin = std::chrono::steady_clock::now();
  const World::Times before = world.times();
  std::vector<std::unique_ptr<CheckedCollective>> started;
  for (uint64_t round = 0; round < 8; ++round) {
    started.push_back(start_checked(world.all(), {.counts = {100'000}, .seed = round}));
    for (Communicator* group : grid(world))
      started.push_back(start_checked(*group, {.counts = {100'000}, .seed = round}));
  }
  for (auto& call : started) call->finish();
  const World::Times after = world.times();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  const double total = after.total - before.total, blocked = after.blocked - before.blocked;
  expect(total >= 0 && total <= passed.count(),
         "collectives took longer than the time that passed");
  expect(blocked >= 0 && blocked <= passed.count(), "waits took longer than the time that passed");
  if (world.size() > 1) expect(total > 0, "no time was counted");
}

constexpr ConformanceCase kCases[] = {
    {"KindsTypesAndCounts", kinds_types_and_counts},
    {"Maxima", maxima},
    {"Booleans", booleans},
    {"NarrowOnTheWire", narrow_on_the_wire},
    {"ListsOfPieces", lists_of_pieces},
    {"InPlace", in_place},
    {"Large", large},
    {"Shifts", shifts},
    {"RowsAndColumns", rows_and_columns},
    {"WaitsOutOfOrder", waits_out_of_order},
    {"GroupsOfSome", groups_of_some},
    {"SameBitsWhateverTheTiming", same_bits_whatever_the_timing},
    {"RandomPrograms", random_programs},
    {"MisuseIsRefused", misuse_is_refused},
    {"WhatOverlapsCountsOnce", what_overlaps_counts_once},
};

}  // namespace

std::span<const ConformanceCase> conformance_cases() { return kCases; }

}  // namespace tessera
