#include "framework/kernels/cpu/shared/attention_problem.h"

#include <algorithm>

#include "framework/core/attention_operands.h"

namespace tessera::cpu {

AttentionProblem attention_problem(const KernelSpec& spec, size_t masks) {
  const TensorType &q = spec.in[0], &k = spec.in[1];
  const AttentionOperands operands(spec.attrs, masks);
  require(q.dtype == DType::f32 || q.dtype == DType::bf16, "the cpu backend has no {} of {}",
          spec.op, q.dtype);
  AttentionProblem problem{
      .batch = q.shape[0],
      .queries = q.shape[1],
      .keys = k.shape[1],
      .heads = q.shape[2],
      .groups = k.shape[2],
      .head_dim = q.shape[3],
      .dtype = q.dtype,
      .scale = static_cast<float>(spec.attrs.real("scale")),
      .causal = spec.attrs.flag("causal"),
      .window = spec.attrs.has("window") ? spec.attrs.integer("window") : 0,
      .documents = operands.documents,
      .lengths = operands.lengths,
      .offset = operands.offset,
      .step = operands.step,
      .part = operands.part,
      .offset_by_entry =
          operands.offset >= 0 && spec.in[static_cast<size_t>(operands.offset)].rank() == 1};
  check(operands.count == spec.in.size(), "{} takes {} operands, not {}", spec.op, operands.count,
        spec.in.size());
  check(q.numel() > 0 && k.numel() > 0 && problem.heads % problem.groups == 0, "{} of {} and {}",
        spec.op, to_string(q), to_string(k));
  return problem;
}

AttentionMask::AttentionMask(const AttentionProblem& problem, const KernelArgs& args,
                             int64_t batch_entry)
    : length_(problem.keys), window_(problem.window), causal_(problem.causal) {
  const auto operand = [&](int position) {
    return args.input<int32_t>(static_cast<size_t>(position));
  };
  if (problem.documents >= 0)
    documents_ = operand(problem.documents) + batch_entry * problem.queries;
  if (problem.lengths >= 0)
    length_ = std::clamp<int64_t>(operand(problem.lengths)[batch_entry], 0, problem.keys);
  if (problem.offset >= 0)
    offset_ = operand(problem.offset)[problem.offset_by_entry ? batch_entry : 0];
}

}  // namespace tessera::cpu
