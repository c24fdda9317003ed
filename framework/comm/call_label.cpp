#include "framework/comm/call_label.h"

#include <cstring>
#include <string>

#include "framework/core/error.h"

namespace tessera {

CallLabel label_of(const Chunks& call) {
  CallLabel label{.signature = call.signature()};
  const std::string text = title(call.call()).substr(0, sizeof(label.title) - 1);
  std::memcpy(label.title, text.c_str(), text.size() + 1);
  return label;
}

void require_same(const CallLabel& mine, int rank, const CallLabel& other, int other_rank) {
  if (mine.signature == other.signature) return;
  internal_error(
      "rank {} of the group starts {} where rank {} starts {}: they differ in kind, types or "
      "counts, or in root or offset",
      rank, mine.title, other_rank, other.title);
}

}  // namespace tessera
