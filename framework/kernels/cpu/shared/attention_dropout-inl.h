// Dropout of attention weights, as the dropout op would drop them over (B, H, S, T), of which they
// may be a part. A row of a tile is drawn at a time, where it is needed, and never stored. The
// backward kernel draws twice rather than keep factors.
#if defined(TESSERA_ATTENTION_DROPOUT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_ATTENTION_DROPOUT_INL_H
#undef TESSERA_ATTENTION_DROPOUT_INL_H
#else
#define TESSERA_ATTENTION_DROPOUT_INL_H
#endif

#include "framework/core/part.h"
#include "framework/kernels/cpu/shared/attention_pack-inl.h"
#include "framework/kernels/cpu/shared/attention_problem.h"
#include "framework/kernels/cpu/shared/dropout_draw-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

class WeightDropout {
 public:
  WeightDropout(const KernelSpec& spec, const AttentionProblem& problem)
      : step_(problem.step),
        part_(problem.part),
        keys_(problem.keys),
        runs_(spec.attrs, {problem.batch, problem.heads, problem.queries, problem.keys}) {
    if (!on()) return;
    draw_ = DropoutDraw(spec.attrs);
    step_type_ = spec.in[static_cast<size_t>(step_)].dtype;
    if (part_ >= 0) part_type_ = spec.in[static_cast<size_t>(part_)].dtype;
  }

  bool on() const { return step_ >= 0; }

  /// Scales or zeroes `vectors` vectors of row `row` of (B · H · S, T), from the key `key` on.
  HWY_INLINE void apply(const KernelArgs& args, int64_t row, int64_t key, int64_t vectors,
                        float* x) const {
    const auto step =
        static_cast<uint64_t>(integer_operand(args, step_type_, static_cast<size_t>(step_)));
    int64_t first = runs_.place(row * keys_ + key);
    if (part_ >= 0)
      first += integer_operand(args, part_type_, static_cast<size_t>(part_)) * runs_.whole();
    DropoutWords words;
    const int64_t end = vectors * kLanes;
    for (int64_t e = 0; e < end; e += DropoutWords::run()) {
      const uint32_t* bits = words.of(first + e, step, draw_);
      for (int64_t k = 0; k < DropoutWords::run() && e + k < end; k += kLanes) {
        float* at = x + e + k;
        const VF kept = hn::Mul(hn::LoadU(F32(), at), splat(draw_.scale));
        hn::StoreU(hn::IfThenZeroElse(draw_.drops(bits + k), kept), F32(), at);
      }
    }
  }

 private:
  int step_, part_;
  int64_t keys_;
  PartRuns runs_;
  DropoutDraw draw_;
  DType step_type_ = DType::i64, part_type_ = DType::i64;
};

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
