#include "framework/kernels/cuda/optimizer.h"

#include <algorithm>

#include "framework/core/schedule.h"
#include "framework/core/update_operands.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

Kernel update(const KernelSpec& spec, UpdateTask task) {
  const UpdateOperands at(spec.attrs);
  if (spec.in[0].dtype != DType::f32) no_kernel(spec, spec.in[0].dtype);
  task.count = spec.in[0].numel();
  task.decay = spec.attrs.real("weight_decay");
  task.gradient.element = float_element(spec, spec.in[at.gradient].dtype);
  if (at.number) task.wide_number = spec.in[*at.number].dtype == DType::i64;
  return {[task, at](const KernelArgs& args) {
            UpdateTask call = task;
            call.gradient.at = args.in[at.gradient];
            call.learning_rate = args.input<float>(at.learning_rate);
            call.clip_scale = args.input<float>(at.clip_scale);
            if (at.number) call.number = args.in[*at.number];
            call.apply = args.input<uint8_t>(at.apply);
            call.parameter = args.output<float>(at.parameter);
            if (at.buffers > 0) call.first = args.output<float>(at.first_result);
            if (at.buffers > 1) call.second = args.output<float>(at.first_result + 1);
            if (at.copy) call.copy = args.output<gpu::Bf16>(*at.copy_result);
            run_update(stream_of(args), call);
          },
          0};
}

RateTask::Shape shape_of(Schedule::Type type) {
  switch (type) {
    case Schedule::Type::cosine:
      return RateTask::Shape::cosine;
    case Schedule::Type::linear:
      return RateTask::Shape::linear;
    case Schedule::Type::constant:
      return RateTask::Shape::constant;
    case Schedule::Type::wsd:
      return RateTask::Shape::wsd;
  }
  internal_error("a schedule of no type");
}

}  // namespace

Kernel make_adamw(const KernelSpec& spec) {
  UpdateTask task{};
  task.adamw = true;
  task.beta1 = spec.attrs.real("beta1");
  task.beta2 = spec.attrs.real("beta2");
  task.eps = spec.attrs.real("eps");
  return update(spec, task);
}

Kernel make_sgd(const KernelSpec& spec) {
  UpdateTask task{};
  task.momentum = spec.attrs.real("momentum");
  return update(spec, task);
}

Kernel make_clip_scale(const KernelSpec& spec) {
  if (spec.in[0].dtype != DType::f32) no_kernel(spec, spec.in[0].dtype);
  return {[count = static_cast<int>(spec.in.size()),
           max_norm = spec.attrs.real("max_norm")](const KernelArgs& args) {
            ClipTask task{};
            task.max_norm = max_norm;
            task.sum = static_cast<double*>(args.scratch);
            task.scale = args.output<float>(0);
            task.norm = args.output<float>(1);
            task.apply = args.output<uint8_t>(2);
            for (int begin = 0; begin < count; begin += kSquaresOfLaunch) {
              task.count = std::min(count - begin, kSquaresOfLaunch);
              task.first = begin == 0;
              task.last = begin + task.count == count;
              for (int i = 0; i < task.count; ++i)
                task.squares[i] = args.input<float>(static_cast<size_t>(begin + i));
              run_clip_scale(stream_of(args), task);
            }
          },
          sizeof(double)};
}

Kernel make_learning_rate(const KernelSpec& spec) {
  const Schedule schedule = schedule_of(spec.attrs);
  RateTask task{};
  task.shape = shape_of(schedule.type);
  task.wide_update = spec.in[0].dtype == DType::i64;
  task.peak = schedule.peak;
  task.final_ratio = schedule.final_ratio;
  task.warmup = schedule.warmup;
  task.total = schedule.total;
  task.decay = schedule.decay;
  return {[task](const KernelArgs& args) {
            RateTask call = task;
            call.update = args.in[0];
            call.rate = args.output<float>(0);
            run_learning_rate(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
