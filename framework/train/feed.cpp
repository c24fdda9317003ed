#include "framework/train/feed.h"

namespace tessera {
namespace {

template <typename T>
void write_all(const std::vector<std::pair<std::string, std::vector<T>>>& inputs, Session& session,
               std::string_view graph, const FeedParts& parts, const Range& rows) {
  for (const auto& entry : inputs) {
    const auto& name = entry.first;
    const auto& values = entry.second;
    const DeviceTensor input = session.input(graph, name);
    const auto layout = parts.inputs.find(fmt::format("{}.{}", graph, name));
    Shape whole = input.type.shape;
    if (layout != parts.inputs.end())
      for (size_t d = 0; d < whole.size(); ++d)
        for (AxisId axis : layout->second.split[d]) whole[d] *= parts.mesh.size(axis);
    Box here = Box::whole(whole);
    const Box part =
        layout == parts.inputs.end() ? here : box_of(whole, layout->second, parts.mesh, parts.rank);
    if (!here.dims.empty() && rows.size() > 0) here.dims[0] = rows;
    check(here.numel() == static_cast<int64_t>(values.size()),
          "input '{}' of '{}' takes {} elements, not {}", name, graph, here.numel(), values.size());
    session.fill<T>(input, [&](std::span<T> target) {
      copy_box(part, here, values.data(), part, target.data(), sizeof(T));
    });
  }
}

}  // namespace

void write_feed(const Feed& feed, Session& session, std::string_view graph,
                const FeedParts& parts) {
  write_all(feed.integers, session, graph, parts, feed.rows);
  write_all(feed.reals, session, graph, parts, feed.rows);
}

}  // namespace tessera
