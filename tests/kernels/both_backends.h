// A cpu kernel against the reference kernel of the same op, on every instruction set this machine
// has.
#pragma once

#include "framework/device/cpu/isa.h"
#include "tests/kernels/run_kernel.h"

namespace tessera::testing {

inline const std::vector<Isa>& isas_here() {
  static const std::vector<Isa> isas = [] {
    std::vector<Isa> found;
    const Isa best = isa_of(read_cpu_facts());
    for (Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512})
      if (isa <= best) found.push_back(isa);
    return found;
  }();
  return isas;
}

inline Values values(DType dtype, Shape shape, std::vector<double> data) {
  return {{dtype, std::move(shape)}, std::move(data)};
}

/// The cpu kernel's results on `isa`.
inline std::vector<std::vector<double>> run_cpu(
    std::string_view op, const Attrs& attrs, const std::vector<Values>& in,
    const std::vector<TensorType>& out, Isa isa,
    const std::vector<std::pair<size_t, size_t>>& donated = {}) {
  return run_kernel(cpu_kernel(op), op, attrs, in, out, isa, donated);
}

/// Largest |got - want| over max(1, |want|); infinite where one is NaN and the other is not.
inline double largest_difference(const std::vector<double>& got, const std::vector<double>& want) {
  if (got.size() != want.size()) return INFINITY;
  double worst = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    if (std::isnan(want[i]) && std::isnan(got[i])) continue;
    if (want[i] == got[i]) continue;
    const double error = std::abs(got[i] - want[i]) / std::max(1.0, std::abs(want[i]));
    if (!(error <= worst)) worst = std::isnan(error) ? INFINITY : error;
  }
  return worst;
}

inline void expect_as_reference(std::string_view op, const Attrs& attrs,
                                const std::vector<Values>& in, const std::vector<TensorType>& out,
                                double tolerance,
                                const std::vector<std::pair<size_t, size_t>>& donated = {}) {
  const auto want = run_kernel(reference_kernel(op), op, attrs, in, out, Isa::sse41, donated);
  for (Isa isa : isas_here()) {
    const auto got = run_cpu(op, attrs, in, out, isa, donated);
    for (size_t i = 0; i < out.size(); ++i) {
      // One step of bf16 is 2^-8 of the value.
      const double allowed = out[i].dtype == DType::bf16 ? std::max(tolerance, 0x1p-8) : tolerance;
      EXPECT_LE(largest_difference(got[i], want[i]), allowed)
          << op << to_string(attrs) << " " << to_string(in[0].type) << " result " << i << " on "
          << to_string(isa);
    }
  }
}

}  // namespace tessera::testing
