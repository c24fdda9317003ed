#include "framework/runtime/fit.h"

#include <algorithm>

#include "framework/core/divisors.h"

namespace tessera {
namespace {

/// The fewest micro-steps that cut the batch evenly and with which the arena would fit into `room`;
/// 0 when there are none. Gradients do not grow with the sequences of a micro-step; all else in the
/// arena does.
int64_t fewest_micro_steps(const MemoryReport& report, int64_t room, const FitSettings& settings) {
  const int64_t batch = settings.micro_sequences * settings.accumulate;
  const auto grows = static_cast<double>(report.arena_bytes - report.gradients);
  for (const int64_t steps : divisors_of(batch)) {
    if (steps <= settings.accumulate || batch / steps % settings.ranks != 0) continue;
    const int64_t sequences = batch / steps;
    const double share =
        static_cast<double>(sequences) / static_cast<double>(settings.micro_sequences);
    if (static_cast<double>(report.gradients) + share * grows <= static_cast<double>(room))
      return steps;
  }
  return 0;
}

/// A size that a config takes, no larger than `bytes`.
std::string bytes_below(int64_t bytes) {
  for (const auto& [shift, unit] : {std::pair{30, "GiB"}, {20, "MiB"}, {10, "KiB"}})
    if (bytes >> shift >= 10) return fmt::format("{}{}", bytes >> shift, unit);
  return fmt::format("{}B", bytes);
}

std::vector<std::string> remedies(const MemoryReport& report, int64_t limit, int64_t reserve,
                                  const FitSettings& settings) {
  const int64_t room = limit - reserve - report.state_bytes;  // for the arena
  std::vector<std::string> out;
  if (reserve > limit / 2 && report.bytes() < limit) {
    out.push_back(fmt::format("device.reserve: {}, which leaves the plan its {}",
                              bytes_below(limit - report.bytes()), bytes_text(report.bytes())));
  } else if (room < report.gradients) {
    out.push_back(fmt::format("a smaller model: its states{} alone do not fit, whatever the batch",
                              room < 0 ? "" : " and gradients"));
  } else if (settings.micro_sequences > 0) {
    if (settings.recompute != Recompute::full)
      out.emplace_back(settings.recompute == Recompute::none
                           ? "recompute.policy: selective, or full"
                           : "recompute.policy: full");
    if (const int64_t steps = fewest_micro_steps(report, room, settings))
      out.push_back(fmt::format("batch.accumulate: {} (about {} sequences at a time instead of {})",
                                steps, settings.micro_sequences * settings.accumulate / steps,
                                settings.micro_sequences));
    else
      out.emplace_back("shorter sequences (batch.length), or fewer of them (batch.sequences)");
    const auto parameters = report.states.find(StateKind::parameter);
    if (!settings.bf16 && parameters != report.states.end() &&
        report.activations > parameters->second)
      out.emplace_back("precision.compute: bf16");
  } else {
    out.emplace_back("a smaller batch, shorter sequences or a smaller model");
  }
  const int64_t needed = report.bytes() + reserve;
  if (settings.sharers > 1)
    out.push_back(fmt::format("a machine or cgroup of {} for the {} ranks that share it, {} each",
                              bytes_text(needed * settings.sharers), settings.sharers,
                              bytes_text(needed)));
  else
    out.push_back(fmt::format("a machine, cgroup or device.memory of {}", bytes_text(needed)));
  return out;
}

}  // namespace

MemoryReport memory_report(const Compiled& compiled) {
  std::vector<const Plan*> plans;
  for (const CompiledGraph& graph : compiled.graphs) plans.push_back(&graph.plan);
  return memory_report(compiled.program, plans);
}

void require_fits(const Compiled& compiled, size_t limit_bytes, size_t reserve_bytes,
                  const FitSettings& settings) {
  constexpr int64_t kSmallBatch = int64_t{64} << 20;  // the reserve covers so small a batch
  const bool large_batch =
      settings.batch_bytes > std::max(kSmallBatch, static_cast<int64_t>(reserve_bytes));
  if (large_batch) reserve_bytes = static_cast<size_t>(settings.batch_bytes);
  if (static_cast<size_t>(compiled.bytes()) + reserve_bytes <= limit_bytes) return;
  const MemoryReport report = memory_report(compiled);
  const auto limit = static_cast<int64_t>(limit_bytes),
             reserve = static_cast<int64_t>(reserve_bytes);
  std::string text = fmt::format(
      "this run does not fit: it needs {} ({} of states, {} for one step, {} {}), "
      "and this process may use {}\n  the largest tensors:",
      bytes_text(report.bytes() + reserve), bytes_text(report.state_bytes),
      bytes_text(report.arena_bytes), bytes_text(reserve),
      large_batch ? "for the samples of a step" : "kept for libraries", bytes_text(limit));
  for (size_t i = 0; i < std::min<size_t>(5, report.largest.size()); ++i)
    text += fmt::format("\n  {:>12}  {} ({})", bytes_text(report.largest[i].bytes),
                        report.largest[i].name, report.largest[i].kind);
  text += "\n  what would make it fit:";
  if (large_batch)
    text += "\n    fewer samples in a step (batch.sequences), or shorter ones (batch.length)";
  for (const std::string& remedy : remedies(report, limit, reserve, settings))
    text += "\n    " + remedy;
  throw UserError(text);
}

}  // namespace tessera
