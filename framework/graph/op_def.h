// OpDef: everything the framework knows about an op, as one constant row. Passes read rows and name
// only ops that they make or take apart themselves, so a new op is a new row. Kernels are found
// apart from the row, in a table by (op, backend).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/graph/index_rule.h"
#include "framework/graph/type_span.h"

namespace tessera {

/// What an op's gradient is written from. `cotangents[i]` is the total cotangent of result i, or an
/// empty Value when nothing that matters depends on that result.
struct GradCall {
  Graph& graph;
  const Attrs& attrs;
  std::span<const Value> inputs, outputs, cotangents;
};

/// How results may share memory with inputs.
struct Alias {
  enum class Kind {
    view,      // the result is the input's memory, from `offset` bytes on
    in_place,  // the result may overwrite the input once the input is not needed any more
    donate,    // the result must overwrite the input: the input's last use is this node
  };
  int result = 0, input = 0;
  Kind kind = Kind::in_place;
  int64_t offset = 0;
};

/// What the precision pass makes of an op when compute is bf16.
enum class Precision {
  high,    // runs in f32: statistics, losses, the optimizer
  follow,  // runs in bf16 where an operand is bf16 already: elementwise work, views
  low,     // runs in bf16: matrix products, attention, embedding
};

/// What an op with one operand and one result shows of its operand, when it computes nothing.
enum class Shows {
  nothing,   // nothing: the op computes
  elements,  // the operand's elements, or some of them, in another order or shape
  rounded,   // the operand's elements in another type
};

/// Whether an op can add its result to a value that is there already: with the attribute
/// `accumulate` it has a last operand, of the result's type, and overwrites it with the sum of that
/// operand and the result.
enum class Accumulates {
  no,
  gradients,  // where the sum is a parameter's gradient, or becomes a state
  /// Also in other sums of gradients: a result that is mostly zeros is costly to make apart.
  always,
};

struct LocalizeCall;

/// What an op does with operands that are partial sums over a mesh axis.
enum class Sums {
  reduce,  // takes none: the operands are summed first
  linear,  // f(x + y) = f(x) + f(y) in all operands together: the sums pass through
  scale,   // linear in the first operand; the second, a scalar, is whole
};

struct OpDef {
  std::string_view name;

  /// Result types; throws UserError when the operands or attributes do not fit.
  std::vector<TensorType> (*infer)(TypeSpan in, const Attrs& attrs) = nullptr;

  /// Cotangents of the inputs as graph ops, one per input; an empty Value for an input that needs
  /// none. Null: not differentiable (the gradient is an error if a parameter depends on the op),
  /// unless there is a `composite` to derive the gradient from.
  std::vector<Value> (*grad)(const GradCall& call) = nullptr;

  /// How the op may be split; IndexRule explains the rules.
  IndexRule (*rule)(TypeSpan in, TypeSpan out, const Attrs& attrs) = nullptr;

  /// The attributes of one part, when operands and results are split as the rule allows: attributes
  /// that spell out sizes change with them. Null: every part has the node's own attributes. `in`
  /// holds the types of the whole operands.
  Attrs (*local_attrs)(const Attrs& attrs, TypeSpan in, TypeSpan local_in,
                       TypeSpan local_out) = nullptr;

  /// The op on one part, where an index tagged `~` is split; graph/localize.h explains the call.
  /// Null: such indices stay whole.
  std::vector<Value> (*localize)(const LocalizeCall& call) = nullptr;

  /// Whether localize has summed already over the parts of a split index tagged `~` that a result
  /// lacks.
  bool reduces_parts = false;

  Sums sums = Sums::reduce;

  /// Whether a communicator carries out the op, in place of a kernel.
  bool collective = false;

  /// The op's results made from simpler ops: the reference in tests, and what runs on a backend
  /// without a kernel.
  std::vector<Value> (*composite)(Graph& graph, std::span<const Value> inputs,
                                  const Attrs& attrs) = nullptr;

  /// Memory that results may or must share with inputs; null: none.
  std::vector<Alias> (*alias)(TypeSpan in, TypeSpan out, const Attrs& attrs) = nullptr;

  /// Floating-point operations of matrix products (2 per multiply-add); null: none worth counting.
  double (*flops)(TypeSpan in, TypeSpan out, const Attrs& attrs) = nullptr;

  /// The part of `flops` that computes again what the forward pass has computed: it is work, but no
  /// work of the model's own.
  double repeated_flops = 0;

  /// The precision in which the op runs under `precision.compute: bf16`, and the operands (bit i:
  /// operand i) that are then bf16; the other operands stay as they are.
  Precision precision = Precision::high;
  uint32_t low_operands = ~0u;

  /// Whether the op, with the attribute `to: f32`, gives results in f32 from operands in bf16. A
  /// parameter's gradient, a sum of many products, is made that way; an op of a gradient that
  /// cannot do it runs in f32 there.
  bool takes_to = false;

  /// Whether the op writes the new value of operand 0, a parameter, as result 0. With the attribute
  /// `copy` such an op has one operand and one result more: the new value in that type, which takes
  /// the operand's place.
  bool updates = false;

  Accumulates accumulates = Accumulates::no;

  Shows shows = Shows::nothing;

  /// The name under which a dense layer (`linear`) can end with this op; null: it cannot.
  std::string (*activation)(const Attrs& attrs) = nullptr;

  /// Whether the results are sums of products of operands, made in f32 at least and rounded once,
  /// so that the operands count as exact.
  bool plain_sum = false;

  /// Whether `recompute: selective` holds the results for the backward pass instead of making them
  /// again there. Null: the results are held when the op states `flops`.
  bool (*held)(TypeSpan in, TypeSpan out, const Attrs& attrs) = nullptr;

  /// Whether the gradient stops here: no cotangent is asked for and none is missed.
  bool stops_gradient = false;

  /// Adds a node of this op: ops::add(x, y), ops::matmul(a, b, {{"trans_b", true}}, "scores"). For
  /// ops with one result.
  Value operator()(Value a, Attrs attrs = {}, std::string_view name = "") const {
    return a.graph().add1(*this, {a}, std::move(attrs), name);
  }
  Value operator()(Value a, Value b, Attrs attrs = {}, std::string_view name = "") const {
    return a.graph().add1(*this, {a, b}, std::move(attrs), name);
  }
  Value operator()(Value a, Value b, Value c, Attrs attrs = {}, std::string_view name = "") const {
    return a.graph().add1(*this, {a, b, c}, std::move(attrs), name);
  }
  Value operator()(Value a, Value b, Value c, Value d, Attrs attrs = {},
                   std::string_view name = "") const {
    return a.graph().add1(*this, {a, b, c, d}, std::move(attrs), name);
  }
  /// Adds a node with any number of operands and results.
  std::vector<Value> all(std::span<const Value> inputs, Attrs attrs = {},
                         std::string_view name = "") const {
    return inputs[0].graph().add(*this, inputs, std::move(attrs), name);
  }
  std::vector<Value> all(std::initializer_list<Value> inputs, Attrs attrs = {},
                         std::string_view name = "") const {
    return all(std::span(inputs.begin(), inputs.size()), std::move(attrs), name);
  }
};

/// The row of the op called `name`, or nullptr when there is none. The ops room defines this
/// function.
const OpDef* find_op(std::string_view name);

}  // namespace tessera
