// Random graphs from a seed, over ops with views, in-place chances, donations and several results;
// values stay of moderate size. They serve tests that hold for every graph.
#pragma once

#include <random>

#include "framework/ops/iota.h"
#include "framework/ops/ops.h"
#include "framework/ops/shared/fill.h"

namespace tessera::testing {

class RandomGraph {
 public:
  /// With `smooth` the graph is differentiable without corners, so that finite differences hold.
  RandomGraph(std::string name, uint64_t seed, DType dtype, bool smooth)
      : graph_(std::move(name)), engine_(seed), dtype_(dtype), smooth_(smooth) {}

  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  Graph& graph() { return graph_; }
  const std::vector<Value>& pool() const { return pool_; }

  void add_input(const std::string& name, PortKind kind, Shape shape) {
    pool_.push_back(graph_.add_input(name, {dtype_, std::move(shape)}, kind));
  }
  Shape any_shape() {
    const std::vector<Shape> shapes{{},     {1},       {16},      {4, 16},    {16, 4},
                                    {2, 3}, {3, 1, 5}, {2, 2, 8}, {1, 16, 1}, {32, 3}};
    return shapes[static_cast<size_t>(below(static_cast<int64_t>(shapes.size())))];
  }
  Value any() { return pool_[static_cast<size_t>(below(static_cast<int64_t>(pool_.size())))]; }

  /// Some value of the pool of that type; a new one when there is none or by chance.
  Value of_type(const TensorType& type) {
    std::vector<Value> fit;
    for (const Value& v : pool_)
      if (v.type() == type) fit.push_back(v);
    if (!fit.empty() && below(4) > 0)
      return fit[static_cast<size_t>(below(static_cast<int64_t>(fit.size())))];
    const Value point = ops::sum(any(), all());
    return ops::sin(ops::broadcast_to(point, {{"shape", type.shape}}));
  }

  void grow(int nodes) {
    for (int i = 0; i < nodes; ++i) {
      const Value v = next();
      if (v.type().numel() <= 512) pool_.push_back(v);
    }
  }

 private:
  static Attrs all() { return {{"dims", Shape{}}, {"keep", false}}; }

  Value next() {
    switch (below(smooth_ ? 12 : 16)) {
      case 0:
      case 1:
        return unary();
      case 2:
      case 3:
      case 4:
        return binary();
      case 5:
        return view();
      case 6:
        return reduce();
      case 7:
        return product();
      case 8:
        return overwrite();
      case 9:
        return join();
      case 10:
        return pick();
      case 11: {
        const Value x = any();
        return x.rank() == 0 ? x * 0.5 : ops::softmax(x, {{"dim", x.rank() - 1}});
      }
      case 12: {
        const Value a = any(), b = of_type(a.type());
        return ops::where(ops::less(a, b), a * 0.5, b);
      }
      case 13: {  // two results; sometimes one alone is used
        const Value x = any();
        if (x.rank() == 0) return ops::abs(x);
        const auto top = ops::top_k.all({x}, {{"k", 1 + below(x.dim(-1))}});
        if (below(2) == 0) return top[0];
        return ops::cast(top[1], {{"to", std::string(to_string(dtype_))}});
      }
      case 14: {
        const Value low = ops::cast(any(), {{"to", std::string("bf16")}});
        return ops::cast(ops::neg(low), {{"to", std::string(to_string(dtype_))}});
      }
      default: {
        const Value a = any();
        return ops::maximum(a, of_type(a.type()));
      }
    }
  }

  Value unary() {
    const OpDef* const ops[] = {&ops::tanh,    &ops::sin, &ops::cos,
                                &ops::sigmoid, &ops::neg, &ops::erf};
    return (*ops[below(6)])(any());
  }
  Value binary() {
    const Value a = any();
    Value b = below(3) == 0 ? a : any();
    try {
      broadcast(a.shape(), b.shape());
    } catch (const UserError&) {
      b = of_type(a.type());
    }
    const OpDef* const ops[] = {&ops::add, &ops::sub, &ops::mul};
    return ops::sin((*ops[below(3)])(a, b));
  }
  Value view() {
    const Value x = any();
    if (x.rank() > 0 && below(2) == 0) {
      Shape starts(x.shape().size(), 0), limits = x.shape();
      const auto d = static_cast<size_t>(below(x.rank()));
      starts[d] = below(limits[d]);
      limits[d] = starts[d] + 1 + below(limits[d] - starts[d]);
      return ops::slice(x, {{"starts", starts}, {"limits", limits}});
    }
    if (x.rank() > 1 && below(3) == 0) {
      std::vector<int64_t> perm;
      for (int64_t d = x.rank(); d-- > 0;) perm.push_back(d);
      return ops::transpose(x, {{"perm", perm}});
    }
    const int64_t n = x.type().numel(), half = n % 2 == 0 ? 2 : 1;
    return ops::reshape(x, {{"shape", below(2) == 0 ? Shape{n} : Shape{half, n / half}}});
  }
  Value reduce() {
    const Value x = any();
    if (x.rank() == 0) return ops::tanh(x);
    return ops::sum(x, {{"dims", Shape{below(x.rank())}}, {"keep", below(2) == 0}});
  }
  Value product() {
    const Value x = any();
    const int64_t n = x.type().numel();
    const Value a =
        ops::sin(ops::reshape(x, {{"shape", Shape{n % 4 == 0 ? 4 : 1, n % 4 == 0 ? n / 4 : n}}}));
    const Value square = ops::matmul(a, a, {{"trans_b", true}});
    if (smooth_ || below(2) == 0) return square;
    return ops::matmul(a, a, ops::tanh(square), {{"trans_b", true}, {"accumulate", true}});
  }
  /// Adds a donation of a value that is made for it.
  Value overwrite() {
    const Value x = any();
    if (x.rank() == 0) return ops::cos(x);
    const int64_t dim = below(x.rank()), size = x.dim(dim), count = 1 + below(size);
    Shape shape = x.shape();
    shape[static_cast<size_t>(dim)] = count;
    const Value update = of_type({dtype_, shape});
    return ops::update_slice(ops::tanh(x), update,
                             {{"dim", dim}, {"start", below(size - count + 1)}});
  }
  Value join() {
    const Value a = any();
    if (a.rank() == 0) return a + 1.0;
    return ops::concat(a, of_type(a.type()), {{"dim", below(a.rank())}});
  }
  Value pick() {
    const Value x = any();
    if (x.rank() == 0) return ops::neg(x);
    const int64_t dim = below(x.rank());
    const Value indices = iota(graph_, {DType::i32, {1 + below(x.dim(dim))}}, 0);
    const Value part = ops::gather(x, indices, {{"dim", dim}});
    return below(2) == 0 ? part : ops::scatter_add(ops::sin(x), indices, part, {{"dim", dim}});
  }

  Graph graph_;
  std::mt19937_64 engine_;
  DType dtype_;
  bool smooth_;
  std::vector<Value> pool_;
};

}  // namespace tessera::testing
