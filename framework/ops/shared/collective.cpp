#include "framework/ops/shared/collective.h"

namespace tessera {

int64_t check_collective(TypeSpan in, const Attrs& attrs) {
  require(!in.empty(), "takes at least one operand");
  for (const TensorType& t : in)
    require(t.dtype == in[0].dtype, "exchanges operands of one dtype, not {} and {}", in[0].dtype,
            t.dtype);
  require(!attrs.text("axis").empty(), "needs the mesh axis along which it runs");
  if (attrs.has("wire")) parse_dtype(attrs.text("wire"));
  const int64_t ranks = attrs.integer("ranks");
  require(ranks >= 1, "{} ranks", ranks);
  return ranks;
}

std::vector<TensorType> list_of(TypeSpan types) {
  std::vector<TensorType> out;
  for (const TensorType& t : types) out.push_back(t);
  return out;
}

void require_parts(TypeSpan in, int64_t ranks) {
  for (const TensorType& t : in)
    require(t.rank() >= 1 && t.shape[0] == ranks, "takes one part for each of {} ranks, not {}",
            ranks, t);
}

IndexRule collective_rule(TypeSpan in, TypeSpan out, const Attrs&) {
  std::string text;
  const auto side = [&](TypeSpan types, char tag) {
    for (size_t i = 0; i < types.size(); ++i) {
      text += i ? "," : "";
      for (int64_t d = 0; d < types[i].rank(); ++d) text += fmt::format(" {}{}_{}!", tag, i, d);
    }
  };
  side(in, 'x');
  text += " ->";
  side(out, 'y');
  return make_rule(text, in, out);
}

}  // namespace tessera
