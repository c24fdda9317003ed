#include "framework/kernels/cuda/embedding.h"

#include <algorithm>

#include "framework/core/part.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {

Kernel make_embedding(const KernelSpec& spec) {
  EmbeddingTask task{};
  task.count = spec.in[0].numel();
  task.rows = spec.in[1].shape[0];
  task.width = spec.in[1].shape[1];
  const DimPart part = dim_part(spec.attrs, task.rows);
  task.first = part.first;
  task.whole = part.whole;
  task.table.element = float_element(spec, spec.in[1].dtype);
  task.out.element = float_element(spec, spec.out[0].dtype);
  return {[task](const KernelArgs& args) {
            EmbeddingTask call = task;
            call.ids = args.input<int32_t>(0);
            call.table.at = args.in[1];
            call.out.at = args.out[0];
            run_embedding(stream_of(args), call);
          },
          0};
}

Kernel make_embedding_grad(const KernelSpec& spec) {
  constexpr int64_t kMostOwners = 1024;
  EmbeddingGradTask task{};
  task.count = spec.in[0].numel();
  task.rows = spec.out[0].shape[0];
  task.width = spec.out[0].shape[1];
  task.first = dim_part(spec.attrs, task.rows).first;
  task.owners = std::min(task.rows, kMostOwners);
  task.accumulate = spec.attrs.flag("accumulate");
  task.dy.element = float_element(spec, spec.in[1].dtype);
  if (spec.out[0].dtype != DType::f32) no_kernel(spec, spec.out[0].dtype);
  return {[task](const KernelArgs& args) {
            EmbeddingGradTask call = task;
            call.ids = args.input<int32_t>(0);
            call.dy.at = args.in[1];
            call.dtable = args.output<float>(0);
            run_embedding_grad(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
