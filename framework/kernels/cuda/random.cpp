#include "framework/kernels/cuda/random.h"

#include <algorithm>

#include "framework/core/part.h"
#include "framework/core/random.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

Placement placement_of(const KernelSpec& spec, const Shape& local) {
  Placement places{};
  const auto part = part_of(spec.attrs);
  if (!part || local.empty()) {
    places.dims = strided_dims(spec, {numel(local)}, {{1}});
    places.room[0] = numel(local);
    return places;
  }
  require(local.size() <= kMostDims, "the cuda backend's {} of a part takes {} dims, not {}",
          spec.op, kMostDims, local.size());
  const Shape strides = strides_of(part->whole);
  places.dims.rank = static_cast<int>(local.size());
  for (size_t d = 0; d < local.size(); ++d) {
    places.first += part->origin[d] * strides[d];
    places.dims.sizes[d] = local[d];
    places.dims.strides[0][d] = strides[d];
    places.room[d] = std::clamp<int64_t>(part->whole[d] - part->origin[d], 0, local[d]);
  }
  return places;
}

uint64_t key_of(const Attrs& attrs) {
  return Random(static_cast<uint64_t>(attrs.integer("seed")), attrs.text("stream")).key();
}

}  // namespace

Kernel make_dropout(const KernelSpec& spec) {
  const double rate = spec.attrs.real("rate");
  DropoutTask task{};
  task.count = spec.in[0].numel();
  task.whole = PartRuns(spec.attrs, spec.in[0].shape).whole();
  task.key = key_of(spec.attrs);
  task.threshold = static_cast<uint32_t>(std::min(rate * 0x1p32, 0x1p32 - 1));
  task.scale = static_cast<float>(1 / (1 - rate));
  task.wide_step = spec.in[1].dtype == DType::i64;
  task.wide_part = spec.in.back().dtype == DType::i64;
  task.places = placement_of(spec, spec.in[0].shape);
  task.x.element = task.y.element = float_element(spec, spec.in[0].dtype);
  return {[task, part = spec.in.size() == 3](const KernelArgs& args) {
            DropoutTask call = task;
            call.x.at = args.in[0];
            call.step = args.in[1];
            if (part) call.part = args.in[2];
            call.y.at = args.out[0];
            run_dropout(stream_of(args), call);
          },
          0};
}

Kernel make_random_normal(const KernelSpec& spec) {
  NormalTask task{};
  task.count = spec.out[0].numel();
  task.key = key_of(spec.attrs);
  task.deviation = static_cast<float>(spec.attrs.real("std"));
  task.places = placement_of(spec, spec.out[0].shape);
  return {[task](const KernelArgs& args) {
            NormalTask call = task;
            call.out = args.output<float>(0);
            run_random_normal(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
