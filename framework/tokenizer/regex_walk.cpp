#include "framework/tokenizer/regex_walk.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/core/shortened.h"

namespace tessera {
namespace {

using Action = RegexProgram::Action;

constexpr size_t kMostBytes = size_t{256} << 20;  // of what is remembered
constexpr size_t kMostSymbols = UINT32_MAX - 8;

}  // namespace

RegexWalk::RegexWalk(const RegexProgram& program, std::string_view symbols,
                     std::string_view expression)
    : program_(program),
      symbols_(symbols),
      expression_(expression),
      memory_(program.outer_memories, program.inner_memories),
      possessive_(program.possessive_runs) {
  require(symbols.size() < kMostSymbols,
          "the expression '{}' is given a text of {} characters; at most {} are taken",
          shortened(expression), symbols.size(), kMostSymbols);
}

std::optional<std::pair<size_t, size_t>> RegexWalk::search(size_t from, size_t last) {
  memory_.forget(from - std::min(from, program_.farthest_back));
  for (size_t start = from; start <= last; ++start)
    if (const size_t end = match(0, start); end != kNone) return std::pair(start, end);
  return std::nullopt;
}

/// The end of what the steps from `number` on match at `place`, or kNone.
size_t RegexWalk::match(uint32_t number, size_t place) {
  const size_t base = choices_.size();
  size_t end = kNone;
  for (;;) {
    while (enter(base, number, place, end))
      if (end != kNone) return end;
    if (!go_back(base, number, place, end)) return end;
  }
}

/// Does one step; false if it fails. Sets `end` where all has matched.
bool RegexWalk::enter(size_t base, uint32_t& number, size_t& place, size_t& end) {
  const Step& step = program_.steps[number];
  switch (step.action) {
    case Action::set:
      if (!takes(step, place)) return false;
      ++place;
      break;
    case Action::jump:
      number = step.first;
      return true;
    case Action::split:
      return enter_split(base, number, place, end);
    case Action::run:
    case Action::lazy_run:
      return enter_run(base, number, place, end);
    case Action::possessive_run:
      place = end_of_possessive(step, place);
      break;
    case Action::text_begin:
      if (place != 0) return false;
      break;
    case Action::text_end:
      if (place != symbols_.size()) return false;
      break;
    case Action::look:
    case Action::look_not:
      if ((match(step.first, place) != kNone) != (step.action == Action::look)) return false;
      number = step.second;
      return true;
    case Action::atomic:
      place = match(step.first, place);
      number = step.second;
      return place != kNone;
    case Action::back:
      if (place < step.first) return false;
      place -= step.first;
      break;
    case Action::accept:
      end = place;
      if (step.inner) succeed(base, end);
      choices_.resize(base);
      return true;
  }
  ++number;
  return true;
}

bool RegexWalk::enter_split(size_t base, uint32_t& number, size_t place, size_t& end) {
  const Step& step = program_.steps[number];
  const uint32_t found = known(step, place);
  if (found == RegexMemory::kFailed) return false;
  if (found >= RegexMemory::kEnds) {
    end = found - RegexMemory::kEnds;
    succeed(base, end);
    return true;
  }
  if (step.may_stand_still && is_under_way(base, number, place)) {
    number = std::max(step.first, step.second);  // a repeat that took nothing is the last one
    return true;
  }
  choices_.push_back({number, static_cast<uint32_t>(place), 0});
  number = step.first;
  return true;
}

bool RegexWalk::enter_run(size_t base, uint32_t& number, size_t& place, size_t& end) {
  const Step& step = program_.steps[number];
  const bool greedy = step.action == Action::run;
  size_t now = place;
  uint32_t found = known(step, now);
  while (greedy && found == RegexMemory::kUnknown && takes(step, now)) found = known(step, ++now);
  if (found != RegexMemory::kUnknown) {  // what lies before `now` is not known
    if (now == place && found == RegexMemory::kFailed) return false;
    if (now > place)
      choices_.push_back({number, static_cast<uint32_t>(place), static_cast<uint32_t>(now - 1)});
    if (found >= RegexMemory::kEnds) {
      end = found - RegexMemory::kEnds;
      succeed(base, end);
      return true;
    }
    --now;
  } else {
    choices_.push_back({number, static_cast<uint32_t>(place), static_cast<uint32_t>(now)});
  }
  place = now;
  ++number;
  return true;
}

/// Goes back to the last choice that has another way; false if there is none, or if all matches
/// there, up to `end`.
bool RegexWalk::go_back(size_t base, uint32_t& number, size_t& place, size_t& end) {
  while (choices_.size() > base) {
    uint32_t found = RegexMemory::kUnknown;
    if (go_back(choices_.back(), number, place, found)) return true;
    if (found >= RegexMemory::kEnds) {
      end = found - RegexMemory::kEnds;
      succeed(base, end);
      return false;
    }
    choices_.pop_back();
  }
  return false;
}

bool RegexWalk::go_back(Choice& choice, uint32_t& number, size_t& place, uint32_t& found) {
  const Step& step = program_.steps[choice.step];
  if (step.action == Action::split) {
    if (choice.now == 1) {
      set_failed(step, choice.place);
      return false;
    }
    choice.now = 1;
    number = step.second;
    place = choice.place;
    return true;
  }
  if (step.action == Action::run) {
    set_failed(step, choice.now);
    if (choice.now == choice.place) return false;
    --choice.now;
  } else {
    if (takes(step, choice.now)) found = known(step, choice.now + 1);
    if (found >= RegexMemory::kEnds) return false;
    if (found == RegexMemory::kFailed || !takes(step, choice.now)) {
      for (size_t at = choice.place; at <= choice.now; ++at) set_failed(step, at);
      return false;
    }
    ++choice.now;
  }
  number = choice.step + 1;
  place = choice.now;
  return true;
}

/// Remembers, inside a look or an atomic group, that the choices on the way led to a match.
void RegexWalk::succeed(size_t base, size_t end) {
  const auto value = static_cast<uint32_t>(end) + RegexMemory::kEnds;
  for (size_t i = base; i < choices_.size(); ++i) {
    const Choice& choice = choices_[i];
    const Step& step = program_.steps[choice.step];
    const size_t last = step.action == Action::split ? choice.place : choice.now;
    for (size_t at = choice.place; at <= last; ++at) memory_.end(step.memory, at) = value;
  }
  choices_.resize(base);
}

/// Runs of one step that lie in one another are looked at once.
size_t RegexWalk::end_of_possessive(const Step& step, size_t place) {
  Run& run = possessive_[step.memory];
  if (place >= run.begin && place < run.end) return run.end;
  size_t end = place;
  while (takes(step, end) && end != run.begin) ++end;
  if (end == run.begin && run.end > end) end = run.end;
  run = {place, end};
  return end;
}

bool RegexWalk::is_under_way(size_t base, uint32_t number, size_t place) const {
  for (size_t i = choices_.size(); i > base && choices_[i - 1].place == place; --i)
    if (choices_[i - 1].step == number) return true;
  return false;
}

uint32_t RegexWalk::known(const Step& step, size_t place) {
  const size_t bytes = memory_.bytes() + choices_.size() * sizeof(Choice);
  if (bytes > kMostBytes) [[unlikely]]
    user_error(
        "the expression '{}' takes more than {} MiB of memory at character {} of a text of {}; cut "
        "the text into smaller ones, or take another tokenizer",
        shortened(expression_), kMostBytes >> 20, place, symbols_.size());
  if (step.inner) return memory_.end(step.memory, place);
  return memory_.failed(step.memory, place) ? RegexMemory::kFailed : RegexMemory::kUnknown;
}

void RegexWalk::set_failed(const Step& step, size_t place) {
  if (step.inner)
    memory_.end(step.memory, place) = RegexMemory::kFailed;
  else
    memory_.set_failed(step.memory, place);
}

}  // namespace tessera
