#include "framework/core/rotary_rates.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

/// The part of the rate of each pair that is kept, from 0 (divided by the factor) to 1.
std::vector<double> kept_llama3(const std::vector<double>& rates, const Attrs& attrs) {
  const double low = attrs.real("low"), high = attrs.real("high"),
               original = static_cast<double>(attrs.integer("original"));
  std::vector<double> kept;
  for (const double rate : rates)
    kept.push_back(std::clamp((original * rate / kTurn - low) / (high - low), 0.0, 1.0));
  return kept;
}

std::vector<double> kept_yarn(const std::vector<double>& rates, const Attrs& attrs, int64_t width) {
  const double base = attrs.real("base"), original = static_cast<double>(attrs.integer("original"));
  // The pair, not always a whole one, that makes so many turns in the original context.
  const auto pair_of = [&](double turns) {
    return static_cast<double>(width) * std::log(original / (turns * kTurn)) / (2 * std::log(base));
  };
  const double first = std::max(std::floor(pair_of(attrs.real("high"))), 0.0);
  double last = std::min(std::ceil(pair_of(attrs.real("low"))), static_cast<double>(width - 1));
  if (first == last) last += 0.001;
  std::vector<double> kept;
  for (size_t i = 0; i < rates.size(); ++i)
    kept.push_back(1 - std::clamp((static_cast<double>(i) - first) / (last - first), 0.0, 1.0));
  return kept;
}

}  // namespace

std::vector<double> rotary_rates(const Attrs& attrs, int64_t width) {
  std::vector<double> rates;
  for (int64_t i = 0; i < width / 2; ++i)
    rates.push_back(
        std::pow(attrs.real("base"), -2.0 * static_cast<double>(i) / static_cast<double>(width)));
  if (!attrs.has("scaling")) return rates;
  const std::string& scaling = attrs.text("scaling");
  std::vector<double> kept(rates.size(), 0.0);
  if (scaling == "llama3")
    kept = kept_llama3(rates, attrs);
  else if (scaling == "yarn")
    kept = kept_yarn(rates, attrs, width);
  else
    check(scaling == "linear", "rotary angles cannot be scaled by \"{}\"", scaling);
  for (size_t i = 0; i < rates.size(); ++i)
    rates[i] = rates[i] * kept[i] + rates[i] / attrs.real("factor") * (1 - kept[i]);
  return rates;
}

double rotary_magnitude(const Attrs& attrs) {
  return attrs.has("magnitude") ? attrs.real("magnitude") : 1;
}

}  // namespace tessera
