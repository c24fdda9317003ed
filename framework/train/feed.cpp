#include "framework/train/feed.h"

namespace tessera {
namespace {

template <typename T>
void write_all(const std::vector<std::pair<std::string, std::vector<T>>>& inputs, Session& session,
               std::string_view graph, const FeedParts& parts) {
  for (const auto& [name, values] : inputs) {
    const auto bytes = session.input_view(graph, name);
    const auto target = session.input<T>(graph, name);
    const auto layout = parts.inputs.find(fmt::format("{}.{}", graph, name));
    Shape whole = bytes.type.shape;
    if (layout != parts.inputs.end())
      for (size_t d = 0; d < whole.size(); ++d)
        for (AxisId axis : layout->second.split[d]) whole[d] *= parts.mesh.size(axis);
    check(numel(whole) == static_cast<int64_t>(values.size()),
          "input '{}' of '{}' takes {} elements, not {}", name, graph, numel(whole), values.size());
    const Box all = Box::whole(whole);
    const Box part =
        layout == parts.inputs.end() ? all : box_of(whole, layout->second, parts.mesh, parts.rank);
    copy_box(part, all, values.data(), part, target.data(), sizeof(T));
  }
}

}  // namespace

void Feed::write(Session& session, std::string_view graph, const FeedParts& parts) const {
  write_all(integers, session, graph, parts);
  write_all(reals, session, graph, parts);
}

}  // namespace tessera
