#include "framework/train/held_state.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/passes/masters.h"

namespace tessera {
namespace {

constexpr int64_t kBlock = int64_t{1} << 20;  // numbers rounded at a time

/// The name of the parameter in a source that fills the state; empty where none does.
std::string name_in_source(const Program& program, const State& state) {
  if (state.kind == StateKind::parameter) return state.name;
  if (state.kind != StateKind::compute_copy) return "";
  std::string master = master_of(state.name);
  return program.find_state(master) ? "" : master;
}

/// Fills `out` with the numbers of a box, rounded, some rows at a time.
void read_rounded(TensorSource& source, const std::string& name, Box box, bfloat16* out) {
  const int64_t rows = box.dims.empty() ? 1 : box.dims[0].size();
  const int64_t width = rows > 0 ? box.numel() / rows : 0;
  const int64_t step = std::max<int64_t>(1, kBlock / std::max<int64_t>(1, width));
  std::vector<float> numbers;
  const Range all = box.dims.empty() ? Range{0, 1} : box.dims[0];
  for (int64_t begin = all.begin; begin < all.end; begin += step) {
    if (!box.dims.empty()) box.dims[0] = {begin, std::min(begin + step, all.end)};
    numbers.resize(static_cast<size_t>(box.numel()));
    source.read(name, box, numbers.data());
    out = std::transform(numbers.begin(), numbers.end(), out, [](float x) { return bfloat16(x); });
  }
}

}  // namespace

TensorType whole_type(const State& state) {
  const Shape& shape = !state.kept.empty()    ? state.kept
                       : !state.whole.empty() ? state.whole
                                              : state.type.shape;
  return {state.type.dtype, shape};
}

Box box_held(const State& state, const MeshPlace& place) {
  return place.mesh.size() > 1 ? box_of(state.whole, state.layout, place.mesh, place.rank)
                               : Box::whole(state.type.shape);
}

void load_parameters(Session& session, const MeshPlace& place, TensorSource& source) {
  const Program& program = session.compiled().program;
  std::vector<WantedTensor> wanted;
  for (const State& state : program.states())
    if (const std::string name = name_in_source(program, state); !name.empty())
      wanted.push_back({name, {DType::f32, whole_type(state).shape}});
  const std::vector<std::string> lines = mismatches(source, wanted);
  require(lines.empty(), "{} does not fit this model:\n  {}", source.title(),
          fmt::join(lines, "\n  "));
  for (const State& state : program.states()) {
    const std::string name = name_in_source(program, state);
    if (name.empty()) continue;
    session.fill<std::byte>(session.state(state.name), [&](std::span<std::byte> bytes) {
      const Box box = box_held(state, place);
      if (state.kind == StateKind::parameter)
        source.read(name, box, bytes.data());
      else
        read_rounded(source, name, box, reinterpret_cast<bfloat16*>(bytes.data()));
    });
  }
  refresh_copies(session);
}

void refresh_copies(Session& session) {
  for (const Graph& graph : session.compiled().program.graphs())
    if (graph.name() == "refresh") session.run("refresh");
}

}  // namespace tessera
