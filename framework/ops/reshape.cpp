// reshape: the same elements in row-major order under another shape; attribute shape. The op is a
// view and costs nothing.
#include <algorithm>

#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  const Shape& shape = attrs.list("shape");
  if (numel(shape) != in[0].numel()) [[unlikely]]
    user_error("{} has not as many elements as {}", to_string(shape), in[0]);
  return {{in[0].dtype, shape}};
}

std::vector<Value> grad(const GradCall& call) {
  return {ops::reshape(call.cotangents[0], {{"shape", call.inputs[0].shape()}})};
}

/// Both shapes are cut into the finest common factors: [4,6] -> [2,2,6] is "(a b) c -> a b c". A
/// run of dims without common factors is whole.
IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const Shape &a = in[0].shape, &b = out[0].shape;
  std::string left, right;
  std::map<std::string, int64_t> sizes;
  size_t i = 0, j = 0;
  int next = 0;
  while (i < a.size() || j < b.size()) {
    // A run is the shortest stretch of dims on either side with equal products.
    std::vector<int64_t> x, y;
    int64_t px = 1, py = 1;
    do {
      if (i < a.size() && (px <= py || j >= b.size())) {
        px *= a[i];
        x.push_back(a[i++]);
      } else {
        py *= b[j];
        y.push_back(b[j++]);
      }
    } while (px != py);
    // Factors of the run: both sides are cut at every boundary that lies on both factor lattices.
    std::vector<int64_t> cuts;  // products from the left at which a side starts a new dim
    bool fits = true;
    auto boundaries = [&](const std::vector<int64_t>& dims) {
      int64_t p = 1;
      for (int64_t d : dims) cuts.push_back(p *= d);
    };
    boundaries(x);
    boundaries(y);
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    int64_t last = 1;
    for (int64_t c : cuts) {
      if (c % last != 0) fits = false;
      last = c;
    }
    auto side = [&](const std::vector<int64_t>& dims, std::string& text) {
      int64_t p = 1;
      for (int64_t d : dims) {
        if (d == 1) {
          text += " 1";
          continue;
        }
        const int64_t end = p * d;
        text += " (";
        int64_t at = p;
        for (size_t k = 0; k < cuts.size(); ++k)
          if (cuts[k] > p && cuts[k] <= end) {
            const std::string name = fmt::format("f{}", next + static_cast<int>(k));
            text += " " + name;
            sizes[name] = cuts[k] / at;
            at = cuts[k];
          }
        text += ")";
        p = end;
      }
    };
    if (fits) {
      side(x, left);
      side(y, right);
      next += static_cast<int>(cuts.size());
    } else {
      for (int64_t d : x)
        left += fmt::format(" {}", d == 1 ? std::string("1") : fmt::format("w{}!", next++));
      for (int64_t d : y)
        right += fmt::format(" {}", d == 1 ? std::string("1") : fmt::format("w{}!", next++));
    }
  }
  return make_rule(left + " -> " + right, in, out, sizes);
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::view, 0}};
}

Attrs local_attrs(const Attrs& attrs, TypeSpan, TypeSpan, TypeSpan local_out) {
  Attrs local = attrs;
  local.set("shape", local_out[0].shape);
  return local;
}

}  // namespace

const OpDef ops::reshape{.name = "reshape",
                         .infer = infer,
                         .grad = grad,
                         .rule = rule,
                         .local_attrs = local_attrs,
                         .sums = Sums::linear,
                         .alias = alias,
                         .precision = Precision::follow,
                         .shows = Shows::elements};

}  // namespace tessera
