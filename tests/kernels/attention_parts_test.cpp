// Attention with dropout on some samples and heads: what the whole gives there, forward and
// backward.
#include "tests/kernels/attention_case.h"
#include "tests/kernels/parts.h"

namespace tessera {
namespace {

using namespace testing;

/// A piece of (B, G, …) as pieces of the operands, which have `share` times as many heads as
/// groups.
struct Cut {
  Piece q, k, rows, weights;  // (B, S, H, D), (B, T, G, D), (B, H, S), (B, H, S, T)
};
std::vector<Cut> cuts_of(const AttentionCase& test, const std::vector<size_t>& dims) {
  const int64_t share = test.h / test.g;
  std::vector<Cut> out;
  for (const Piece& piece : pieces_of({test.b, test.g}, dims)) {
    const int64_t b0 = piece.origin[0], b = piece.size[0], g0 = piece.origin[1], g = piece.size[1];
    out.push_back({{{b0, 0, g0 * share, 0}, {b, test.s, g * share, test.d}},
                   {{b0, 0, g0, 0}, {b, test.t, g, test.d}},
                   {{b0, g0 * share, 0}, {b, g * share, test.s}},
                   {{b0, g0 * share, 0, 0}, {b, g * share, test.s, test.t}}});
  }
  return out;
}

void expect_parts(const AttentionCase& test, DType dtype, Isa isa) {
  SCOPED_TRACE(fmt::format("{} {} on {}", test.name(), dtype, to_string(isa)));
  const Shape weights{test.b, test.h, test.s, test.t};
  const Values q = random_values(dtype, {test.b, test.s, test.h, test.d}, 1),
               k = random_values(dtype, {test.b, test.t, test.g, test.d}, 2),
               v = random_values(dtype, k.type.shape, 3),
               dy = random_values(dtype, q.type.shape, 4);
  const auto run = [&](std::string_view op, const Attrs& attrs, std::vector<Values> in,
                       const std::vector<TensorType>& out) {
    test.append_masks(in);
    return run_cpu(op, attrs, in, out, isa);
  };
  const TensorType rows{DType::f32, {test.b, test.h, test.s}};
  const auto y = run("attention", test.attrs(), {q, k, v}, {q.type, rows});
  const Values o{q.type, y[0]}, lse{rows, y[1]};
  const auto d =
      run("attention_grad", test.attrs(), {q, k, v, o, lse, dy}, {q.type, k.type, k.type});
  for (const std::vector<size_t>& dims : {std::vector<size_t>{0}, {1}, {0, 1}})
    for (const Cut& cut : cuts_of(test, dims)) {
      const Attrs attrs = cut.weights.in(weights, test.attrs());
      const Values lq = slice_of(q, cut.q), lk = slice_of(k, cut.k), lv = slice_of(v, cut.k);
      const auto got =
          run("attention", attrs, {lq, lk, lv}, {lq.type, {DType::f32, cut.rows.size}});
      expect_same(got[0], slice_of(o.data, q.type.shape, cut.q));
      expect_same(got[1], slice_of(lse.data, rows.shape, cut.rows));
      const auto grads =
          run("attention_grad", attrs,
              {lq, lk, lv, slice_of(o, cut.q), slice_of(lse, cut.rows), slice_of(dy, cut.q)},
              {lq.type, lk.type, lk.type});
      expect_same(grads[0], slice_of(d[0], q.type.shape, cut.q));
      expect_same(grads[1], slice_of(d[1], k.type.shape, cut.k));
      expect_same(grads[2], slice_of(d[2], k.type.shape, cut.k));
    }
}

TEST(AttentionParts, DrawAsTheWhole) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (Isa isa : isas_here())
      for (int64_t part : {0, 3}) {
        AttentionCase test{3, 21, 21, 6, 3, 8, true};
        test.rate = 0.3;
        test.part = part;
        expect_parts(test, dtype, isa);
        test = {2, 70, 67, 2, 2, 16};
        test.rate = 0.1;
        test.part = part;
        expect_parts(test, dtype, isa);
      }
}

TEST(AttentionParts, WithoutOriginTheyAreRefused) {
  AttentionCase test{1, 3, 3, 2, 2, 8};
  test.rate = 0.3;
  Attrs attrs = test.attrs();
  attrs.set("whole", Shape{2, 2, 3, 3});
  attrs.set("place", "dp");
  const Values x = random_values(DType::f32, {1, 3, 2, 8}, 1),
               lse = random_values(DType::f32, {1, 2, 3}, 2);
  std::vector<Values> in{x, x, x}, back{x, x, x, x, lse, x};
  test.append_masks(in);
  test.append_masks(back);
  for (Isa isa : isas_here()) {
    EXPECT_THROW(run_cpu("attention", attrs, in, {x.type, lse.type}, isa), InternalError);
    EXPECT_THROW(run_cpu("attention_grad", attrs, back, {x.type, x.type, x.type}, isa),
                 InternalError);
  }
}

}  // namespace
}  // namespace tessera
