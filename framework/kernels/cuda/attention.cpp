#include "framework/kernels/cuda/attention.h"

#include <algorithm>

#include "framework/core/attention_operands.h"
#include "framework/core/part.h"
#include "framework/core/random.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

WeightDropout dropout_of(const KernelSpec& spec, const AttentionOperands& at,
                         const Shape& weights) {
  WeightDropout dropout{};
  if (at.step == AttentionOperands::kAbsent) return dropout;
  const double rate = spec.attrs.real("rate");
  const Random random(static_cast<uint64_t>(spec.attrs.integer("seed")), spec.attrs.text("stream"));
  dropout.on = true;
  dropout.key = random.key();
  dropout.threshold = static_cast<uint32_t>(std::min(rate * 0x1p32, 0x1p32 - 1));
  dropout.scale = static_cast<float>(1 / (1 - rate));
  dropout.wide_step = spec.in[static_cast<size_t>(at.step)].dtype == DType::i64;
  if (at.part != AttentionOperands::kAbsent)
    dropout.wide_part = spec.in[static_cast<size_t>(at.part)].dtype == DType::i64;
  const auto part = part_of(spec.attrs);
  const Shape strides = strides_of(part ? part->whole : weights);
  dropout.whole = numel(part ? part->whole : weights);
  for (size_t d = 0; part && d < strides.size(); ++d) dropout.first += part->origin[d] * strides[d];
  dropout.entry = strides[0];
  dropout.head = strides[1];
  dropout.query = strides[2];
  return dropout;
}

/// The task of an op whose mask operands begin at `masks`.
AttentionTask task_of(const KernelSpec& spec, const AttentionOperands& at, bool gradient) {
  const Shape &q = spec.in[0].shape, &k = spec.in[1].shape;
  AttentionTask task{};
  task.batch = q[0];
  task.queries = q[1];
  task.heads = q[2];
  task.width = static_cast<int>(q[3]);
  task.keys = k[1];
  task.groups = k[2];
  for (const int tile : {32, 16, 8})
    if (task.tile == 0 &&
        static_cast<size_t>(attention_floats(tile, task.width, gradient)) * sizeof(float) <=
            gpu::kMaxShared)
      task.tile = tile;
  require(task.tile > 0, "the cuda backend has no {} of heads as wide as {}", spec.op, task.width);
  task.scale = static_cast<float>(spec.attrs.real("scale"));
  task.causal = spec.attrs.flag("causal");
  task.window = spec.attrs.integer("window");
  task.offset_by_entry = at.offset != AttentionOperands::kAbsent &&
                         spec.in[static_cast<size_t>(at.offset)].rank() == 1;
  task.dropout = dropout_of(spec, at, {task.batch, task.heads, task.queries, task.keys});
  const Element element = float_element(spec, spec.in[0].dtype);
  for (GpuTensor* tensor :
       {&task.q, &task.k, &task.v, &task.o, &task.d_o, &task.dq, &task.dk, &task.dv})
    tensor->element = element;
  return task;
}

void set_masks(AttentionTask& call, const AttentionOperands& at, const KernelArgs& args) {
  const auto operand = [&](int position) -> const void* {
    return position == AttentionOperands::kAbsent ? nullptr : args.in[position];
  };
  call.q.at = args.in[0];
  call.k.at = args.in[1];
  call.v.at = args.in[2];
  call.documents = static_cast<const int32_t*>(operand(at.documents));
  call.lengths = static_cast<const int32_t*>(operand(at.lengths));
  call.offsets = static_cast<const int32_t*>(operand(at.offset));
  call.dropout.step = operand(at.step);
  call.dropout.part = operand(at.part);
}

/// Whether the matrix units of a card can compute it.
bool fits_matrix_units(const AttentionTask& task) {
  return task.q.element == Element::bf16 && task.width % kVector == 0 && task.width <= kWidestMma;
}

}  // namespace

Kernel make_attention(const KernelSpec& spec) {
  const AttentionOperands at(spec.attrs, 3);
  AttentionTask task = task_of(spec, at, false);
  const bool mma = fits_matrix_units(task);
  if (mma) task.tile = kMmaTile;
  return {[task, at, mma](const KernelArgs& args) {
            AttentionTask call = task;
            set_masks(call, at, args);
            call.o.at = args.out[0];
            call.lse = args.output<float>(1);
            (mma ? run_attention_mma : run_attention)(stream_of(args), call);
          },
          0};
}

Kernel make_attention_grad(const KernelSpec& spec) {
  const AttentionOperands at(spec.attrs, 6);
  AttentionTask task = task_of(spec, at, true);
  const bool mma = fits_matrix_units(task);
  if (mma) task.tile = kMmaTile;
  return {[task, at, mma](const KernelArgs& args) {
            AttentionTask call = task;
            set_masks(call, at, args);
            call.o.at = args.in[3];
            call.lse = static_cast<float*>(args.in[4]);
            call.d_o.at = args.in[5];
            call.dq.at = args.out[0];
            call.dk.at = args.out[1];
            call.dv.at = args.out[2];
            call.delta = static_cast<float*>(args.scratch);
            (mma ? run_attention_mma_grad : run_attention_grad)(stream_of(args), call);
          },
          static_cast<size_t>(task.batch * task.heads * task.queries) * sizeof(float)};
}

}  // namespace tessera::cuda
