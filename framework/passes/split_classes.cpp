#include "framework/passes/split_classes.h"

#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

const Attrs kOverRanks{{"dims", Shape{0}}, {"keep", false}};

Value row(Value x) { return ops::reshape(x, {{"shape", Shape{1, x.dim(0)}}}); }

}  // namespace

std::optional<SplitClasses> SplitClasses::of(const Attrs& attrs) {
  if (!attrs.has("axis")) return std::nullopt;
  return SplitClasses{{{"axis", attrs.text("axis")}, {"ranks", attrs.integer("ranks")}},
                      {{"whole", attrs.list("whole")}, {"place", attrs.text("place")}}};
}

std::pair<Value, Value> SplitClasses::cross_entropy(Value logits, Value labels,
                                                    Value weights) const {
  Graph& graph = logits.graph();
  const int64_t rows = labels.dim(0), ranks = exchange.integer("ranks");
  const auto own = ops::class_statistics.all({logits, labels}, part, "statistics");
  const Value both = ops::concat.all({row(own[0]), row(own[1])}, {{"dim", int64_t{0}}})[0];
  const Value all = graph.add1(ops::all_gather, {both}, exchange, "statistics.all");
  const auto column = [&](int64_t which) {
    const Value x = ops::slice(
        all, {{"starts", Shape{0, which, 0}}, {"limits", Shape{ranks, which + 1, rows}}});
    return ops::reshape(x, {{"shape", Shape{ranks, rows}}});
  };
  const Value picked = ops::sum(column(0), kOverRanks), parts = column(1);
  const Value most = ops::max(parts, kOverRanks);
  const Value lse = ops::log(ops::sum(ops::exp(parts - row(most)), kOverRanks)) + most;
  const Value ignored = ops::less(labels, fill(graph, 0, {DType::i32, {}}, "none"));
  const Value zero = scalar_like(lse, 0.0);
  return {ops::where(ignored, zero, weights * (lse - picked), {}, "losses"),
          ops::where(ignored, zero, lse, {}, "lse")};
}

Value SplitClasses::argmax(Value logits) const {
  Graph& graph = logits.graph();
  const Value wide =
      logits.dtype() == DType::f32 ? logits : ops::cast(logits, {{"to", std::string("f32")}});
  const Value most = ops::max(wide, {{"dims", Shape{1}}, {"keep", false}});
  Attrs counted = part;
  counted.set("dim", int64_t{0});
  counted.set("dtype", std::string("i32"));
  counted.set("shape", Shape{1});
  const Value first = graph.add1(ops::iota, {}, counted, "first_class");
  const Value which = ops::argmax(logits, {{"dim", int64_t{1}}}) + first;
  const Value all_most = graph.add1(ops::all_gather, {most}, exchange, "largest.all"),
              all_which = graph.add1(ops::all_gather, {which}, exchange, "classes.all");
  const Value best = ops::argmax(all_most, {{"dim", int64_t{0}}});
  const Value chosen = ops::take_along(all_which, row(best), {{"dim", int64_t{0}}});
  return ops::reshape(chosen, {{"shape", which.shape()}});
}

}  // namespace tessera
