#include "framework/core/random.h"
#include "framework/kernels/reference/loops.h"

namespace tessera::reference {

Kernel dropout_kernel(const KernelSpec& spec) {
  const double rate = spec.attrs.real("rate");
  const Random random(static_cast<uint64_t>(spec.attrs.integer("seed")), spec.attrs.text("stream"));
  return {
      [=, types = std::vector<TensorType>(spec.in.begin(), spec.in.end())](const KernelArgs& args) {
        const TensorType &type = types[0], &count = types[1];
        auto x = load(type, args.in[0]);
        const auto first = types.size() < 3
                               ? size_t{0}
                               : static_cast<size_t>(load(types[2], args.in[2])[0]) * x.size();
        const auto step = static_cast<uint64_t>(static_cast<int64_t>(load(count, args.in[1])[0]));
        const auto threshold = static_cast<uint32_t>(rate * 0x1p32);
        for (size_t e = 0; e < x.size(); ++e) {
          const size_t at = first + e;
          x[e] = random.block(step, at / 4)[at % 4] < threshold ? 0.0 : x[e] / (1 - rate);
        }
        store(type, x, args.out[0]);
      },
      0};
}

}  // namespace tessera::reference
