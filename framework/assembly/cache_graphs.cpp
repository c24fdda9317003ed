#include "framework/assembly/cache_graphs.h"

#include "framework/ops/ops.h"

namespace tessera {
namespace {

const std::string kPrompt = "cache.prompt.";

/// Calls `move(prompt's cache, decoding cache's name, its type)` for each pair of caches.
template <typename Move>
void each_cache(const Program& program, const Move& move) {
  for (const State& state : program.states()) {
    if (state.kind != StateKind::cache || !state.name.starts_with(kPrompt)) continue;
    const std::string name = "cache." + state.name.substr(kPrompt.size());
    const State* decoding = program.find_state(name);
    check(decoding != nullptr, "'{}' has no decoding cache beside it", state.name);
    move(state, *decoding);
  }
}

}  // namespace

void add_cache_graphs(Program& program, const GenerationSize& size) {
  if (size.in_place()) return;
  Graph place("place");
  const Value row = place.add_input("row", {DType::i32, {}}, PortKind::data);
  Value kept;
  if (size.ring())
    kept = place.add_input("kept", {DType::i32, {size.decode_cache()}}, PortKind::data);
  each_cache(program, [&](const State& prompt, const State& decoding) {
    Value staged = place.add_input(prompt.name, prompt.type, PortKind::state);
    if (kept) staged = ops::gather(staged, kept, {{"dim", int64_t{1}}}, prompt.name + ".kept");
    const Value rows = place.add_input(decoding.name, decoding.type, PortKind::state);
    place.add_output(
        decoding.name,
        ops::update_slice(rows, staged, row, {{"dim", int64_t{0}}}, decoding.name + ".placed"),
        PortKind::state);
  });
  program.add(std::move(place));
  if (!size.reorders) return;
  Graph reorder("reorder");
  const Value order = reorder.add_input("rows", {DType::i32, {size.rows}}, PortKind::data);
  each_cache(program, [&](const State&, const State& decoding) {
    const Value rows = reorder.add_input(decoding.name, decoding.type, PortKind::state);
    const Value taken = ops::gather(rows, order, {{"dim", int64_t{0}}}, decoding.name + ".taken");
    reorder.add_output(decoding.name,
                       ops::update_slice(rows, taken, {{"dim", int64_t{0}}, {"start", int64_t{0}}},
                                         decoding.name + ".reordered"),
                       PortKind::state);
  });
  program.add(std::move(reorder));
}

}  // namespace tessera
