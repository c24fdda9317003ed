#include "framework/ops/shared/norm.h"

#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

Shape rows_of(const TensorType& x) { return {x.shape.begin(), x.shape.end() - 1}; }

void require_weight(const TensorType& weight, const TensorType& x) {
  const TensorType wanted{precise(x.dtype), {x.shape.back()}};
  require(weight == wanted, "gains and biases of {} must be {}, not {}", x, wanted, weight);
}

}  // namespace

std::vector<TensorType> infer_norm(TypeSpan in, const Attrs& attrs, size_t weights,
                                   size_t statistics) {
  require(in.size() == 1 + weights, "takes {} operands, not {}", 1 + weights, in.size());
  require(is_float(in[0].dtype) && in[0].rank() > 0, "takes floats with a last dim, not {}", in[0]);
  require(attrs.real("eps") >= 0, "eps is negative");
  for (size_t i = 1; i < in.size(); ++i) require_weight(in[i], in[0]);
  std::vector<TensorType> out{in[0]};
  if (attrs.has("out")) out[0].dtype = parse_dtype(attrs.text("out"));
  require(is_float(out[0].dtype), "out must be a float type, not {}", out[0].dtype);
  for (size_t i = 0; i < statistics; ++i) out.push_back({precise(in[0].dtype), rows_of(in[0])});
  return out;
}

std::vector<TensorType> infer_norm_grad(TypeSpan in, const Attrs& attrs, size_t weights,
                                        size_t statistics) {
  const size_t operands = 3 + statistics + attrs.flag("add");
  require(in.size() == operands, "takes {} operands, not {}", operands, in.size());
  const TensorType& x = in[0];
  require(is_float(x.dtype) && x.rank() > 0, "takes floats with a last dim, not {}", x);
  require_weight(in[1], x);
  for (size_t i = 2; i < 2 + statistics; ++i)
    require(in[i] == TensorType{precise(x.dtype), rows_of(x)}, "{} is no statistic of {}", in[i],
            x);
  const TensorType& dy = in[2 + statistics];
  require(is_float(dy.dtype) && dy.shape == x.shape, "the cotangent of {} is {}", x, dy);
  require(!attrs.flag("add") || in.back() == x, "what is added to the cotangent of {} is {}", x,
          in.back());
  std::vector<TensorType> out{x};
  for (size_t i = 0; i < weights; ++i) out.push_back(in[1]);
  return out;
}

IndexRule norm_rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const std::string rows = index_names(in[0].rank() - 1);
  std::string text = rows + " last!";
  for (size_t i = 1; i < in.size(); ++i) text += ", last!";
  text += " -> " + rows + " last!";
  for (size_t i = 1; i < out.size(); ++i) text += ", " + rows;
  return make_rule(text, in, out);
}

IndexRule norm_grad_rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const std::string rows = index_names(in[0].rank() - 1);
  const size_t statistics = in.size() - 3 - attrs.flag("add");
  std::string text = rows + " last!, last!";
  for (size_t i = 0; i < statistics; ++i) text += ", " + rows;
  for (size_t i = 2 + statistics; i < in.size(); ++i) text += ", " + rows + " last!";
  text += " -> " + rows + " last!";
  for (size_t i = 1; i < out.size(); ++i) text += ", last!";
  return make_rule(text, in, out);
}

std::vector<Alias> norm_alias(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return elementwise_alias(in, out.first(1), attrs);
}

Value mean_of_rows(Value x) {
  return ops::mean(x, {{"dims", std::vector<int64_t>{-1}}, {"keep", true}});
}

Value per_row(Value x) {
  return ops::reshape(x, {{"shape", Shape(x.shape().begin(), x.shape().end() - 1)}});
}

Value spread(Value rows, Value x, double scale) {
  Shape column = rows.shape();
  column.push_back(1);
  const Value each = rows * (scale / static_cast<double>(x.dim(-1)));
  return to_dtype(
      ops::broadcast_to(ops::reshape(each, {{"shape", column}}), {{"shape", x.shape()}}),
      x.dtype());
}

Value rstd_grad(Value drstd, Value x, Value mean, Value rstd) {
  // d rstd / d x = -rstd³ (x - mean) / D
  const Value factor = drstd * (rstd * rstd * rstd);
  const Value wide = widen(x);
  const Value centred = mean ? wide - spread(mean, wide, static_cast<double>(x.dim(-1))) : wide;
  return to_dtype(spread(factor, wide, -1.0) * centred, x.dtype());
}

Value add_to(Value sum, Value more) { return sum ? sum + more : more; }

}  // namespace tessera
