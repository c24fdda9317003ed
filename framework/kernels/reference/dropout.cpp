#include "framework/core/part.h"
#include "framework/core/random.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel dropout_kernel(const KernelSpec& spec) {
  const double rate = spec.attrs.real("rate");
  const PartRuns runs(spec.attrs, spec.in[0].shape);
  const Random random(static_cast<uint64_t>(spec.attrs.integer("seed")), spec.attrs.text("stream"));
  return {
      [=, types = std::vector<TensorType>(spec.in.begin(), spec.in.end())](const KernelArgs& args) {
        const TensorType &type = types[0], &count = types[1];
        auto x = load(type, args.in[0]);
        const auto part =
            types.size() < 3 ? int64_t{0} : static_cast<int64_t>(load(types[2], args.in[2])[0]);
        const auto step = static_cast<uint64_t>(static_cast<int64_t>(load(count, args.in[1])[0]));
        const auto threshold = static_cast<uint32_t>(rate * 0x1p32);
        runs.each(0, type.numel(), [&](int64_t from, int64_t to, int64_t at) {
          for (int64_t e = from; e < to; ++e) {
            const auto place = static_cast<uint64_t>(part * runs.whole() + at + e - from);
            double& value = x[static_cast<size_t>(e)];
            value = random.block(step, place / 4)[place % 4] < threshold ? 0.0 : value / (1 - rate);
          }
        });
        store(type, x, args.out[0]);
      },
      0};
}

}  // namespace tessera::reference
