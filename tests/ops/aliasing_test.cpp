// Where a row declares that a result may take an operand's memory, the kernels give the same bits
// when it does; a declared view has the operand's bytes from its offset on.
#include "framework/device/cpu/profile.h"
#include "framework/runtime/kernels.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

class Aliasing : public OpTest {};

/// Runs the kernel with results in the memory of operands as `aliases` say.
std::vector<Tensor> run(const KernelSpec& spec, const Drawn& drawn,
                        const std::vector<Alias>& aliases) {
  const Kernel kernel = prepare_kernel(spec, kernels_of(spec.profile.backend));
  std::vector<Tensor> in, out;
  for (size_t i = 0; i < spec.in.size(); ++i) in.push_back(drawn.inputs.at(fmt::format("in{}", i)));
  for (const TensorType& t : spec.out) out.emplace_back(t);
  std::vector<void*> in_bytes, out_bytes;
  for (Tensor& t : in) in_bytes.push_back(t.bytes());
  for (Tensor& t : out) out_bytes.push_back(t.bytes());
  for (const Alias& alias : aliases)
    out_bytes[static_cast<size_t>(alias.result)] = in_bytes[static_cast<size_t>(alias.input)];
  Tensor scratch(TensorType{DType::boolean, {static_cast<int64_t>(kernel.scratch_bytes) + 1}});
  kernel.run({in_bytes.data(), out_bytes.data(), scratch.bytes()});
  for (const Alias& alias : aliases)
    out[static_cast<size_t>(alias.result)] = in[static_cast<size_t>(alias.input)];
  return out;
}

void check_case(const OpCases& op, size_t which, DType real, const DeviceProfile& profile) {
  const OpDef& row = op_of(op.op);
  const Case& c = op.cases[which];
  const Drawn drawn = draw(op, which, real);
  const auto out = row.infer(drawn.types, c.attrs);
  const KernelSpec spec{row.name, c.attrs, drawn.types, out, profile};
  const auto aliases = row.alias(drawn.types, out, c.attrs);
  std::vector<Alias> donated;  // these always share, and may rely on it
  for (const Alias& alias : aliases)
    if (alias.kind == Alias::Kind::donate) donated.push_back(alias);
  const auto apart = run(spec, drawn, donated);
  for (const Alias& alias : aliases) {
    const auto r = static_cast<size_t>(alias.result);
    const Tensor& operand = drawn.inputs.at(fmt::format("in{}", alias.input));
    const std::string what = fmt::format("result {} in operand {}", alias.result, alias.input);
    if (alias.kind == Alias::Kind::view) {
      EXPECT_EQ(alias.offset % static_cast<int64_t>(kAlignment), 0) << what;
      ASSERT_LE(static_cast<size_t>(alias.offset) + out[r].bytes(), operand.type().bytes()) << what;
      EXPECT_EQ(std::memcmp(static_cast<const char*>(operand.bytes()) + alias.offset,
                            apart[r].bytes(), out[r].bytes()),
                0)
          << what;
      continue;
    }
    EXPECT_EQ(to_string(operand.type()), to_string(out[r])) << what;
    if (alias.kind == Alias::Kind::donate) continue;
    auto shares = donated;
    shares.push_back(alias);
    const auto shared = run(spec, drawn, shares);
    for (size_t i = 0; i < out.size(); ++i)
      EXPECT_EQ(std::memcmp(shared[i].bytes(), apart[i].bytes(), out[i].bytes()), 0)
          << what << ": other bits in result " << i;
  }
}

TEST_P(Aliasing, GivesTheSameBits) {
  const OpCases& op = GetParam();
  const OpDef& row = op_of(op.op);
  if (row.alias == nullptr) return;
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    for (const DeviceProfile& profile : {cpu_profile(), reference_profile()}) {
      const bool cpu = profile.backend == "cpu";
      if (find_kernel(op.op, profile.backend) == nullptr || (cpu && !c.cpu)) continue;
      for (DType real : {DType::f32, DType::bf16}) {
        if (real == DType::bf16 && !c.bf16) continue;
        SCOPED_TRACE(describe(op, which, real) + " on " + profile.backend);
        check_case(op, which, real, profile);
      }
    }
  }
}

TESSERA_FOR_EACH_OP(Aliasing);

}  // namespace
}  // namespace tessera
