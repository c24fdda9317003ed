#include "framework/verify/verify.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/comm/threads.h"
#include "framework/graph/op_def.h"
#include "framework/verify/verify_compare.h"

namespace tessera {
namespace {

/// What a step left on every rank.
using Parts = std::vector<std::vector<CapturedPart>>;

/// The states after a step, as values of a graph called "states". Accumulators mean nothing between
/// steps.
std::vector<CapturedPart> captured_states(Session& session, const VerifySide& side) {
  std::vector<CapturedPart> out;
  for (const State& state : session.compiled().program.states()) {
    if (state.kind == StateKind::accumulator) continue;
    const LocalValue value = side.state(state);
    const auto bytes = session.state<std::byte>(state.name);
    out.push_back({{"states", 0, state.name},
                   state.name,
                   "",
                   {state.type.dtype, value.whole},
                   value,
                   {bytes.begin(), bytes.end()}});
  }
  return out;
}

void set_states(Session& session, const VerifySide& side, int64_t rank, const WholeValues& to) {
  for (const State& state : session.compiled().program.states())
    if (const auto it = to.find(ValueKey{"states", 0, state.name}.text()); it != to.end())
      put_part(session, session.state(state.name), it->second, side.state(state).layout,
               side.mesh(), rank);
}

/// Runs a side step by step. `instead(step)` holds what the side's values are replaced by, or is
/// null; `seen` looks at what the ranks have made, on one rank while the others wait, and says
/// whether to go on.
void run(const VerifySide& side, const VerifyOptions& options,
         const std::function<const WholeValues*(int64_t)>& instead,
         const std::function<bool(int64_t, const Parts&)>& seen, VerifyReport& report) {
  Parts parts(static_cast<size_t>(side.mesh().size()));
  bool more = true;
  const auto steps = [&](ModelLearner& learner, World* world) {
    const int64_t rank = world ? world->rank() : 0;
    const auto meet = [&] {
      if (world) world->all().barrier();
    };
    learner.initialize();
    ValueCapture capture(side.mesh(), rank, side.values());
    for (int64_t step = 0; step < options.steps; ++step) {
      const WholeValues* others = instead(step);
      if (others && step > 0) set_states(learner.session(), side, rank, *instead(step - 1));
      capture.watch(learner.session(), others);
      learner.step(step);
      auto& mine = parts[static_cast<size_t>(rank)];
      mine = capture.take(learner.session());
      for (CapturedPart& state : captured_states(learner.session(), side))
        mine.push_back(std::move(state));
      meet();
      if (rank == 0) more = seen(step, parts);
      if (rank == 0 && step == 0)
        report
            .uncompared[fmt::format("on mesh {} passes added them: moves between layouts, "
                                    "messages, chunks of the head",
                                    to_string(side.mesh()))] = std::ssize(capture.others());
      meet();
      if (!more) return;
    }
  };
  const auto body = [&](World* world) {
    ModelLearner learner(options.models, side.config(), options.data(), options.device, true, world,
                         options.compile);
    try {
      steps(learner, world);
    } catch (const std::exception& error) {
      if (world) world->give_up(error.what());  // while the learner's buffers are there
      throw;
    }
  };
  if (side.mesh().size() == 1)
    body(nullptr);
  else
    run_threads(static_cast<int>(side.mesh().size()), [&](World& world) { body(&world); });
}

}  // namespace

VerifyReport verify(Config a, Config b, const VerifyOptions& options) {
  const int64_t vocab = options.data().vocab;
  // Padded alike, tensors of both sides have the same shapes.
  a.mesh.head_multiple = b.mesh.head_multiple =
      std::lcm(a.mesh.head_multiple_or_tp(), b.mesh.head_multiple_or_tp());
  const VerifySide first(options.models, a, vocab), second(options.models, b, vocab);
  VerifyReport report;
  VerifyComparison comparison(first, second, report);
  std::vector<WholeValues> wholes;
  run(
      first, options, [](int64_t) { return nullptr; },
      [&](int64_t step, const Parts& parts) {
        wholes.push_back(comparison.gather_first(step, parts));
        return report.found == 0;
      },
      report);
  if (report.found > 0) return report;
  run(
      second, options, [&](int64_t step) { return &wholes[static_cast<size_t>(step)]; },
      [&](int64_t step, const Parts& parts) {
        comparison.compare(step, parts, wholes[static_cast<size_t>(step)]);
        return report.found == 0;
      },
      report);
  return report;
}

}  // namespace tessera
