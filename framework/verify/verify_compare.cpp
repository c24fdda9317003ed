#include "framework/verify/verify_compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "framework/verify/rounding.h"

namespace tessera {
namespace {

constexpr size_t kShown = 11;  // findings

Rounding::Known measured(const std::vector<double>& numbers) {
  Rounding::Known out;
  for (double x : numbers) {
    out.rms += x * x;
    out.peak = std::max(out.peak, std::abs(x));
  }
  out.rms = numbers.empty() ? 0 : std::sqrt(out.rms / static_cast<double>(numbers.size()));
  return out;
}

/// "[0,3,5]"
std::string place_in(const Shape& shape, size_t element) {
  const Shape strides = strides_of(shape);
  Shape at;
  auto left = static_cast<int64_t>(element);
  for (int64_t stride : strides) {
    at.push_back(left / stride);
    left %= stride;
  }
  return to_string(at);
}

std::string title(int64_t step, const CapturedPart& part, const std::string& kind) {
  const std::string made = part.made_by.empty() ? "" : ", made by " + part.made_by;
  const std::string run =
      part.key.run == 0 ? "" : fmt::format(", run {} of \"{}\"", part.key.run + 1, part.key.graph);
  return fmt::format("step {}: '{}' ({}, {}{}{})", step + 1, part.name, kind, to_string(part.type),
                     made, run);
}

}  // namespace

void VerifyComparison::find(std::string text) {
  ++report_.found;
  if (report_.findings.size() < kShown) report_.findings.push_back(std::move(text));
}

Gathered VerifyComparison::gathered(const Parts& parts, size_t at, const VerifySide& side) const {
  const CapturedPart& part = parts[0][at];
  std::vector<const std::byte*> bytes;
  for (const auto& rank : parts) {
    check(rank.size() == parts[0].size() && rank[at].name == part.name,
          "the ranks made different values");
    bytes.push_back(rank[at].bytes.data());
  }
  return gather(part.type, part.value.layout, side.mesh(), bytes);
}

void VerifyComparison::report_copies(int64_t step, const VerifySide& side, const CapturedPart& part,
                                     const Parts& parts, size_t at, const DifferentCopies& copies) {
  const Shape shape = local_shape(part.type.shape, part.value.layout, side.mesh());
  const auto numbers = [&](int64_t rank) {
    return WholeValue{{part.type.dtype, shape}, parts[static_cast<size_t>(rank)][at].bytes}
        .numbers();
  };
  const auto one = numbers(copies.first), other = numbers(copies.second);
  size_t worst = 0;
  for (size_t i = 0; i < one.size(); ++i)
    if (!(std::abs(one[i] - other[i]) <= std::abs(one[worst] - other[worst]))) worst = i;
  find(
      fmt::format("{}: ranks {} and {} of mesh {} hold different copies; at {} of them {:.9g} and "
                  "{:.9g}",
                  title(step, part, side.kind(part.key)), copies.first, copies.second,
                  to_string(side.mesh()), place_in(shape, worst), one[worst], other[worst]));
}

WholeValues VerifyComparison::gather_first(int64_t step, const Parts& parts) {
  WholeValues out;
  std::set<std::string> kept;
  for (size_t at = 0; at < parts[0].size(); ++at) {
    const CapturedPart& part = parts[0][at];
    Gathered all = gathered(parts, at, first_);
    if (all.different) report_copies(step, first_, part, parts, at, *all.different);
    // A value is taken as it is first kept; until then as it was made.
    const bool is_kept = part.value.form == LocalValue::Form::kept;
    if (part.value.form == LocalValue::Form::moved || kept.contains(part.key.text())) continue;
    if (is_kept) kept.insert(part.key.text());
    out.insert_or_assign(part.key.text(), std::move(all.whole));
  }
  return out;
}

void VerifyComparison::compare_one(int64_t step, const CapturedPart& part, const Gathered& own,
                                   const WholeValue& other, double allowed) {
  const auto a = other.numbers(), b = own.whole.numbers();
  double worst = 0;
  size_t where = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    if (difference == 0 || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    const double ratio =
        allowed > 0 ? difference / allowed : std::numeric_limits<double>::infinity();
    if (!(ratio <= worst)) {
      worst = std::isnan(ratio) ? std::numeric_limits<double>::infinity() : ratio;
      where = i;
    }
  }
  const std::string kind = second_.kind(part.key);
  auto& row = report_.kinds[kind];
  ++row.comparisons;
  names_[kind].insert(part.key.graph + " " + part.key.name);
  row.names = std::ssize(names_[kind]);
  if (worst > row.worst) {
    row.worst = worst;
    row.where = part.name;
  }
  if (worst <= 1) return;
  find(fmt::format(
      "{}: at {} it is {:.9g} on mesh {} and {:.9g} on {}; they differ by {:.3g}, the "
      "bound is {:.3g}",
      title(step, part, kind), place_in(part.type.shape, where), a[where], to_string(first_.mesh()),
      b[where], to_string(second_.mesh()), std::abs(a[where] - b[where]), allowed));
}

void VerifyComparison::compare(int64_t step, const Parts& parts, const WholeValues& known) {
  std::set<std::string> here;
  for (const CapturedPart& part : parts[0])
    if (part.value.form == LocalValue::Form::kept && part.value.layout.partial.empty())
      here.insert(part.key.text());
  std::map<std::string, Rounding::Known> sizes;
  std::map<std::string, Rounding> roundings;
  const auto rounding = [&](const ValueKey& key) -> Rounding& {
    const std::string run = fmt::format("{} {}", key.graph, key.run);
    const auto it = roundings.find(run);
    if (it != roundings.end()) return it->second;
    const auto tell = [&, key](const std::string& name) -> std::optional<Rounding::Known> {
      const std::string text = ValueKey{key.graph, key.run, name}.text();
      const auto value = known.find(text);
      if (value == known.end()) return std::nullopt;
      const auto [size, is_new] = sizes.insert({text, {}});
      if (is_new) {
        size->second = measured(value->second.numbers());
        size->second.same = here.contains(text);
      }
      return size->second;
    };
    std::map<std::string, DType> wires = first_.wires(key.graph);
    wires.insert(second_.wires(key.graph).begin(), second_.wires(key.graph).end());
    return roundings.emplace(run, Rounding(first_.graph(key.graph), tell, std::move(wires)))
        .first->second;
  };
  for (size_t at = 0; at < parts[0].size(); ++at) {
    const CapturedPart& part = parts[0][at];
    const bool accumulator = part.made_by.empty() && !part.value.layout.partial.empty();
    if (accumulator) continue;  // it was compared when it was made, in the run before
    const Gathered own = gathered(parts, at, second_);
    if (own.different) {
      report_copies(step, second_, part, parts, at, *own.different);
      continue;
    }
    const auto other = known.find(part.key.text());
    if (other == known.end()) continue;
    if (other->second.type != part.type) {
      retyped_.insert(part.key.graph + " " + part.key.name);
      continue;
    }
    // A copy in another layout is a copy, unless it was summed on the way.
    const Layout* kept = second_.kept(part.key.graph, part.key.name);
    const bool copied = part.value.form == LocalValue::Form::moved && kept && kept->partial.empty();
    const bool exact = copied || part.key.graph == "states";
    compare_one(step, part, own, other->second,
                exact ? 0 : rounding(part.key).of(part.key.name).allowed());
  }
  if (step == 0) count_uncompared(parts, known);
}

void VerifyComparison::count_uncompared(const Parts& parts, const WholeValues& known) {
  std::set<std::string> here, alone;
  for (const CapturedPart& part : parts[0]) {
    here.insert(part.key.text());
    if (!known.contains(part.key.text())) alone.insert(part.key.graph + " " + part.key.name);
  }
  const auto count = [&](const std::string& mesh, const std::set<std::string>& names) {
    if (!names.empty())
      report_.uncompared[fmt::format("on mesh {} another node does their work too", mesh)] =
          std::ssize(names);
  };
  count(to_string(first_.mesh()), alone);
  std::set<std::string> other;
  for (const auto& [key, value] : known)
    if (!here.contains(key)) other.insert(key);
  count(to_string(second_.mesh()), other);
  if (!retyped_.empty())
    report_.uncompared[fmt::format("on mesh {} they are of another type or shape than on {}",
                                   to_string(second_.mesh()), to_string(first_.mesh()))] =
        std::ssize(retyped_);
}

}  // namespace tessera
