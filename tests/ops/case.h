// Cases of an op: operands described by shape and by how their values are drawn, and attributes. A
// file of cases/ registers them for an op; every mode (backends, gradients, index rule, composite,
// …) then runs all of them. A real operand takes the float type of the mode that runs it: f32 or
// bf16 on the cpu, f64 on the reference backend.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "framework/core/attrs.h"
#include "framework/runtime/tensor.h"

namespace tessera {

struct Operand {
  enum class Kind {
    real,    // takes the mode's float type
    single,  // as real, but stays f32 where the mode is bf16 (statistics, norm gains)
    integer,
    boolean,
  };
  Kind kind = Kind::real;
  Shape shape;
  double low = 0, high = 0;  // uniform in [low, high); both 0: standard normal
  bool both_signs = false;   // the draw's sign is random: |x| in [low, high)
  bool rising = false;       // each row of the last dim is sorted

  TensorType type(DType real) const;
  /// Values that depend on `key` alone.
  Tensor draw(DType real, const std::string& key) const;
};

Operand real(Shape shape);
Operand uniform(Shape shape, double low, double high);
/// Numbers with |x| in [0.3, 2), for ops whose kink or pole at zero would spoil finite differences.
Operand off_zero(Shape shape);
Operand single(Shape shape);
Operand integers(Shape shape, int64_t low, int64_t high);
/// Indices into a dim of this size.
Operand indices(Shape shape, int64_t size);
/// Integers that rise along the last dim: document numbers of packed text.
Operand documents(Shape shape, int64_t count);
Operand booleans(Shape shape);

struct Case {
  std::vector<Operand> in;
  Attrs attrs = {};
  double tolerance = 1;              // multiplies the tolerances of all modes
  bool differentiable = true;        // in its real operands
  bool smooth = true;                // finite differences apply: no rounding, no kink nearby
  std::vector<size_t> wrt = {};      // operands that have a gradient; empty: all that are floats
  std::vector<size_t> loss_of = {};  // float results that the loss is made of; empty: all
  bool bf16 = true;                  // runs in bf16 too
  /// Many elements, for threads and whole vectors: no finite differences, no splitting.
  bool large = false;
  bool cpu = true;  // the cpu backend takes these types
};

/// Operands that must be refused, with words that the error must have.
struct Refusal {
  std::vector<TensorType> in;
  Attrs attrs = {};
  std::string words = {};
};

struct OpCases {
  std::string op;
  std::vector<Case> cases;
  std::vector<Refusal> refusals;
};
std::ostream& operator<<(std::ostream& out, const OpCases& cases);

/// Registers the cases of an op, or the same cases for several ops:
///   const Register kSoftplus({"softplus"}, {{.in = {real({17})}}, …});
struct Register {
  Register(const std::vector<std::string>& ops, const std::vector<Case>& cases,
           const std::vector<Refusal>& refusals = {});
};

/// All cases, by op name; registering twice adds up.
const std::vector<OpCases>& registered_cases();

}  // namespace tessera
