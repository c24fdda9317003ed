// LayoutNote: what a model says about sharding. A note gives tensors by name, with `*` for any
// text, and their layout as text, such as {"layer.*.mlp.up.weight", "[tp, _]"}. Axes that a mesh
// does not have drop out, so one list serves every mesh.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/mesh/layout.h"

namespace tessera {

struct LayoutNote {
  std::string name, layout;
};

/// The layout that `text` describes, such as "[dp, _, (dp tp)]", without the axes that `mesh`
/// lacks. Throws InternalError for text that is not a layout.
Layout parse_layout(std::string_view text, const Mesh& mesh);

/// The axes that a layout names, in order and with repetitions: "dp", "dp" and "tp" of "[dp, _, (dp
/// tp)]".
std::vector<std::string> axes_named(std::string_view text);

/// Whether `name` has the form `pattern`, in which `*` stands for any text.
bool matches(std::string_view name, std::string_view pattern);

/// The layout of the first note whose name matches; nullopt when no note matches.
std::optional<Layout> find_layout(std::span<const LayoutNote> notes, std::string_view name,
                                  const Mesh& mesh);

}  // namespace tessera
