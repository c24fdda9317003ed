#include "framework/core/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "framework/core/error.h"

namespace tessera {

double Schedule::rate(int64_t update) const {
  const int64_t rise = std::max<int64_t>(warmup, 1);
  if (update <= rise)
    return peak * static_cast<double>(std::max<int64_t>(update, 0)) / static_cast<double>(rise);
  if (type == Type::constant) return peak;
  const int64_t start = type == Type::wsd ? std::max(rise, total - decay) : rise;
  const double length = static_cast<double>(std::max<int64_t>(total - start, 1));
  const double done = std::clamp(static_cast<double>(update - start) / length, 0.0, 1.0);
  const double left =
      type == Type::cosine ? 0.5 + 0.5 * std::cos(std::numbers::pi * done) : 1 - done;
  return peak * (final_ratio + (1 - final_ratio) * left);
}

Schedule schedule_of(const Attrs& attrs) {
  const std::string& name = attrs.text("schedule");
  const auto type = choice_of<Schedule::Type>(name);
  require(type.has_value(), "schedule is constant, linear, cosine or wsd, not \"{}\"", name);
  Schedule s;
  s.type = *type;
  s.peak = attrs.real("peak");
  s.warmup = attrs.integer("warmup");
  s.total = attrs.integer("total");
  s.decay = attrs.integer("decay");
  s.final_ratio = attrs.real("final_ratio");
  require(s.warmup >= 0 && s.total >= 0 && s.decay >= 0,
          "warmup, total and decay are numbers of updates, not {}, {} and {}", s.warmup, s.total,
          s.decay);
  require(s.type == Schedule::Type::constant || s.total > 0,
          "a {} schedule needs to know the total number of updates", name);
  require(s.type != Schedule::Type::wsd || s.warmup + s.decay <= s.total,
          "warm-up of {} and decay of {} updates do not fit into {}", s.warmup, s.decay, s.total);
  return s;
}

}  // namespace tessera
