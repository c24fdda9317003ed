#include "models/rope_factors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "framework/core/error.h"
#include "framework/core/rotary_rates.h"

namespace tessera {
namespace {

struct Scaling {
  double factor, low = 1, high = 4;
  int64_t original = 8192;
};

std::vector<double> plain_rates(double base, int64_t width) {
  return rotary_rates(Attrs{{"base", base}}, width);
}

std::vector<double> factors_of(const Scaling& scaling, double base, int64_t width) {
  Attrs attrs{{"base", base}};
  attrs.set("scaling", std::string("llama3"));
  attrs.set("factor", scaling.factor);
  attrs.set("low", scaling.low);
  attrs.set("high", scaling.high);
  attrs.set("original", scaling.original);
  std::vector<double> factors = plain_rates(base, width), scaled = rotary_rates(attrs, width);
  for (size_t i = 0; i < factors.size(); ++i) factors[i] /= scaled[i];
  return factors;
}

bool gives(const Scaling& scaling, std::span<const float> factors, double base) {
  const std::vector<double> got = factors_of(scaling, base, std::ssize(factors) * 2);
  for (size_t i = 0; i < factors.size(); ++i)
    if (!(std::abs(got[i] - static_cast<double>(factors[i])) <= 1e-5 * got[i])) return false;
  return true;
}

/// Between its ends the part of a rate that is kept rises evenly with the turns per position: a line
/// that two pairs there tell. With fewer it is the flattest that keeps its neighbours at the ends.
std::optional<Scaling> fitted(Scaling scaling, std::span<const float> factors, double base) {
  struct Point {
    double turns, kept;
  };
  std::vector<Point> above, between, below;
  const std::vector<double> rates = plain_rates(base, std::ssize(factors) * 2);
  for (size_t i = 0; i < factors.size(); ++i) {
    const double slowest = 1 / scaling.factor,
                 kept = (1 / static_cast<double>(factors[i]) - slowest) / (1 - slowest);
    auto& place = kept >= 1 - 1e-4 ? above : kept <= 1e-4 ? below : between;
    place.push_back({rates[i] / (2 * std::numbers::pi), kept});
  }
  const auto slope_of = [](const Point& a, const Point& b) {
    return (a.kept - b.kept) / (a.turns - b.turns);
  };
  if (between.empty() && (above.empty() || below.empty())) return std::nullopt;
  const Point point = between.empty() ? below.front() : between.front();
  double slope = 0;
  if (between.size() > 1) {
    slope = slope_of(point, between.back());
  } else {
    if (!above.empty()) slope = slope_of({above.back().turns, 1}, point);
    if (!between.empty() && !below.empty())
      slope = std::max(slope, slope_of(point, {below.front().turns, 0}));
  }
  const double width = static_cast<double>(scaling.original) / slope;
  scaling.low = (slope * point.turns - point.kept) * width;
  scaling.high = scaling.low + width;
  if (!(scaling.low > 0 && std::isfinite(scaling.high) && scaling.high > scaling.low))
    return std::nullopt;
  return scaling;
}

}  // namespace

std::vector<float> rope_factors(const ModelConfig& model) {
  check(model.rope_scaling == ModelConfig::RopeScaling::llama3, "factors of another scaling");
  const int64_t width = model.head_dim.value_or(model.hidden / model.heads);
  const std::vector<double> factors =
      factors_of({model.rope_factor, model.rope_low, model.rope_high,
                  model.rope_original_context.value_or(model.context)},
                 model.rope_base, width);
  return {factors.begin(), factors.end()};
}

std::vector<std::string> settings_of_rope_factors(std::span<const float> factors, double base,
                                                  const std::string& where) {
  const float most = factors.empty() ? 1 : *std::ranges::max_element(factors);
  if (std::ranges::all_of(factors, [](float f) { return f == 1; })) return {};
  const Scaling usual{.factor = static_cast<double>(most)};
  std::optional<Scaling> found = usual;
  if (!std::isfinite(most) || most <= 1)
    found.reset();
  else if (!gives(usual, factors, base))
    found = fitted(usual, factors, base);
  require(
      found && gives(*found, factors, base),
      "{}: its {} factors are not those of Llama 3's scaling, the only one that Tessera reads from "
      "such a tensor",
      where, factors.size());
  return {"model.rope_scaling=llama3", fmt::format("model.rope_factor={}", found->factor),
          fmt::format("model.rope_original_context={}", found->original),
          fmt::format("model.rope_low={}", found->low),
          fmt::format("model.rope_high={}", found->high)};
}

}  // namespace tessera
