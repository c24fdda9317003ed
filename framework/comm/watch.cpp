#include "framework/comm/watch.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {

Watch::Watch(std::vector<std::string> hosts, const std::vector<int>& watched,
             const WatchLimits& limits, double now)
    : hosts_(std::move(hosts)), limits_(limits), ranks_(hosts_.size()), looked_(now) {
  for (Rank& rank : ranks_) rank.heard = rank.beat_time = now;
  for (const int rank : watched) ranks_.at(static_cast<size_t>(rank)).watched = true;
}

std::string Watch::named(int rank) const {
  return fmt::format("rank {} ({})", rank, hosts_.at(static_cast<size_t>(rank)));
}

void Watch::conclude(std::string text) {
  if (!verdict_) verdict_ = std::move(text);
}

void Watch::heard(int rank, double now) { ranks_.at(static_cast<size_t>(rank)).heard = now; }

void Watch::group(uint64_t number, std::vector<int> ranks) { groups_[number] = std::move(ranks); }

void Watch::beat(int rank, const Beat& beat, double now) {
  Rank& from = ranks_.at(static_cast<size_t>(rank));
  // A rank that was stopped in between may count a longer wait, but its last beat did not yet name
  // this collective: the wait began after that beat.
  if (beat.group != from.beat.group || beat.ticket != from.beat.ticket)
    from.waits_since = std::max(now - beat.waiting, from.beat_time);
  from.heard = from.beat_time = now;
  from.beat = beat;
  for (const Beat::Group& group : beat.groups) from.started[group.number] = group.started;
  progress(rank, beat, now);
}

void Watch::progress(int rank, const Beat& beat, double now) {
  Rank& from = ranks_.at(static_cast<size_t>(rank));
  for (const Beat::Group& group : beat.groups) {
    int64_t& finished = from.finished[group.number];
    const bool more = group.finished > finished;
    finished = std::max(finished, group.finished);
    const auto members = groups_.find(group.number);
    if (!more || members == groups_.end()) continue;
    for (const int member : members->second) heard(member, now);
  }
}

void Watch::failed(int, std::string_view reason) { conclude(std::string(reason)); }

void Watch::closed(int rank) {
  const Rank& lost = ranks_.at(static_cast<size_t>(rank));
  if (!lost.watched || lost.left) return;
  conclude(fmt::format("{} died: its connection broke without a word", named(rank)));
}

void Watch::left(int rank) { ranks_.at(static_cast<size_t>(rank)).left = true; }

void Watch::tick(double now) {
  look_for_silence(now);
  look_for_hangs(now);
  look_for_slow_ranks(now);
}

void Watch::look_for_silence(double now) {
  double longest = 0;
  for (const Rank& rank : ranks_)
    if (rank.watched && !rank.left) longest = std::max(longest, now - rank.heard);
  if (longest < limits_.silence) return;
  // Names all ranks of a host that is cut off: their last beats did not come at the same moment.
  const double long_enough = std::max(limits_.silence - 2, 1.5);
  std::vector<int> silent;
  for (size_t r = 0; r < ranks_.size(); ++r) {
    const Rank& rank = ranks_[r];
    if (!rank.watched || rank.left) continue;
    if (now - rank.heard >= std::min(longest, long_enough)) silent.push_back(static_cast<int>(r));
  }
  std::string who;
  for (const int rank : silent) who += (who.empty() ? "" : ", ") + named(rank);
  conclude(fmt::format(
      "{} {} given no sign of life for {:.0f} s: {} stopped, or {} network is cut{}", who,
      silent.size() == 1 ? "has" : "have", longest, silent.size() == 1 ? "it is" : "they are",
      silent.size() == 1 ? "its" : "their", who_waits_for(silent)));
}

std::string Watch::who_waits_for(const std::vector<int>& silent) const {
  for (size_t r = 0; r < ranks_.size(); ++r) {
    const Beat& beat = ranks_[r].beat;
    if (beat.group == 0 || std::ranges::count(silent, static_cast<int>(r)) > 0) continue;
    for (const int late : missing(beat))
      if (std::ranges::count(silent, late) > 0)
        return fmt::format("; {} waits for {} to come to {}", named(static_cast<int>(r)),
                           named(late), beat.title);
  }
  return "";
}

std::vector<int> Watch::missing(const Beat& waiting) const {
  std::vector<int> missing;
  const auto group = groups_.find(waiting.group);
  if (group == groups_.end()) return missing;
  for (const int rank : group->second) {
    const auto& started = ranks_.at(static_cast<size_t>(rank)).started;
    const auto count = started.find(waiting.group);
    if (count == started.end() || count->second < waiting.ticket) missing.push_back(rank);
  }
  return missing;
}

void Watch::look_for_hangs(double now) {
  const auto waits = [&](const Rank& rank) { return rank.beat.group != 0 && !rank.left; };
  std::string text;
  for (size_t r = 0; r < ranks_.size(); ++r) {
    const Rank& rank = ranks_[r];
    const double waiting = now - rank.waits_since;
    if (!waits(rank) || waiting < limits_.hang) continue;
    const std::vector<int> absent = missing(rank.beat);
    std::string who;
    bool at_fault = false;
    for (const int other : absent) {
      const Rank& late = ranks_[static_cast<size_t>(other)];
      who += (who.empty() ? "" : ", ") + named(other);
      who += waits(late) ? fmt::format(", which waits for {},", late.beat.title)
             : late.left ? ", which has ended,"
                         : "";
      at_fault = at_fault || !waits(late);
    }
    const std::string found = fmt::format(
        "{} hangs: {} has waited for it for {:.0f} s, and {}", rank.beat.title,
        named(static_cast<int>(r)), waiting,
        who.empty() ? std::string("all ranks of its group have come") : who + " never came");
    // A wait for a rank that waits for nothing itself explains the other waits, and comes before
    // them.
    if (text.empty() || at_fault) text = found;
    if (at_fault) break;
  }
  if (!text.empty()) conclude(text);
}

void Watch::look_for_slow_ranks(double now) {
  const double elapsed = now - looked_;
  if (elapsed < limits_.slow_seconds || ranks_.size() < 2) return;
  std::vector<std::pair<double, size_t>> blocked;  // seconds since the last look, rank
  int64_t fewest = limits_.slow_collectives;
  for (size_t r = 0; r < ranks_.size(); ++r) {
    const Rank& rank = ranks_[r];
    fewest = std::min(fewest, rank.beat.finished - rank.before.finished);
    blocked.emplace_back(rank.beat.blocked - rank.before.blocked, r);
  }
  if (fewest < limits_.slow_collectives) return;
  for (Rank& rank : ranks_) rank.before = rank.beat;
  looked_ = now;
  // The slow rank hardly waits; the one that waits least of the others waits for the slow rank.
  std::ranges::sort(blocked);
  const double share = (blocked[1].first - blocked[0].first) / elapsed;
  if (share < limits_.slow_share) return;
  warnings_.push_back(
      fmt::format("{} is slow: the others waited for it {:.0f} % of the last {:.0f} s",
                  named(static_cast<int>(blocked[0].second)), share * 100, elapsed));
}

std::vector<std::string> Watch::take_warnings() { return std::exchange(warnings_, {}); }

}  // namespace tessera
