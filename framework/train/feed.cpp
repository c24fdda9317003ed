#include "framework/train/feed.h"

#include <algorithm>

namespace tessera {
namespace {

template <typename T>
void write_all(const std::vector<std::pair<std::string, std::vector<T>>>& inputs, Session& session,
               std::string_view graph) {
  for (const auto& [name, values] : inputs) {
    const auto target = session.input<T>(graph, name);
    check(target.size() == values.size(), "input '{}' of '{}' takes {} elements, not {}", name,
          graph, target.size(), values.size());
    std::copy(values.begin(), values.end(), target.begin());
  }
}

}  // namespace

void Feed::write(Session& session, std::string_view graph) const {
  write_all(integers, session, graph);
  write_all(reals, session, graph);
}

}  // namespace tessera
