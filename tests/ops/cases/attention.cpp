#include "tests/ops/case.h"

namespace tessera {
namespace {

struct Mask {
  bool causal = false;
  int64_t window = 0;
  bool documents = false, lengths = false, offset = false, offsets = false, dropout = false,
       part = false;
};

/// q (B, S, H, D), k and v (B, T, G, D); with `grad` also o, lse and do.
Case attention(Shape q, int64_t keys, int64_t groups, Mask mask, bool grad) {
  const Shape k{q[0], keys, groups, q[3]};
  Case c{.in = {real(q), real(k), real(k)},
         .attrs = {{"causal", mask.causal},
                   {"window", mask.window},
                   {"scale", 0.5},
                   {"documents", mask.documents},
                   {"lengths", mask.lengths},
                   {"offset", mask.offset || mask.offsets}},
         .tolerance = 4,
         .differentiable = !grad,
         .loss_of = {0}};
  if (grad) {
    c.in.push_back(real(q));
    c.in.push_back(
        {.kind = Operand::Kind::single, .shape = {q[0], q[2], q[1]}, .low = 2, .high = 4});
    c.in.push_back(real(q));
  }
  if (mask.documents) c.in.push_back(documents({q[0], q[1]}, 3));
  if (mask.lengths) c.in.push_back(integers({q[0]}, 0, keys + 1));  // 0: a row without keys
  if (mask.offset) c.in.push_back(integers({}, 0, keys - q[1] + 1));
  if (mask.offsets) c.in.push_back(integers({q[0]}, 0, keys - q[1] + 1));
  if (mask.dropout) {
    c.attrs.set("rate", 0.3);
    c.attrs.set("seed", 7);
    c.attrs.set("stream", "layer.0.attention.weights");
    c.attrs.set("part", mask.part);
    c.in.push_back(integers({}, 0, 1000));
  }
  if (mask.part) c.in.push_back(integers({}, 0, 4));
  return c;
}

/// Two of four samples, and the later two of four groups of heads.
Case some_of_it(Case c) {
  c.attrs.set("whole", Shape{4, 8, 5, 7});
  c.attrs.set("origin", Shape{1, 4, 0, 0});
  return c;
}

std::vector<Case> all(bool grad) {
  return {attention({1, 1, 1, 2}, 1, 1, {}, grad),
          attention({2, 4, 2, 6}, 4, 2, {}, grad),
          attention({2, 7, 4, 8}, 7, 2, {.causal = true}, grad),
          attention({2, 5, 6, 4}, 9, 2, {}, grad),
          attention({2, 8, 2, 4}, 8, 1, {.causal = true, .window = 3}, grad),
          attention({2, 8, 2, 4}, 8, 2, {.window = 2}, grad),
          attention({2, 9, 2, 4}, 9, 2, {.causal = true, .documents = true}, grad),
          attention({4, 6, 2, 4}, 6, 2, {.lengths = true}, grad),
          attention({4, 6, 2, 4}, 6, 2, {.causal = true, .lengths = true}, grad),
          attention({2, 2, 2, 4}, 8, 2, {.causal = true, .offset = true}, grad),
          attention({3, 2, 2, 4}, 8, 2, {.causal = true, .offsets = true}, grad),
          attention({2, 1, 6, 8}, 600, 2, {.causal = true, .window = 300, .offsets = true}, grad),
          attention({2, 1, 10, 4}, 9, 1, {.causal = true, .lengths = true, .offsets = true}, grad),
          attention({1, 67, 2, 16}, 67, 1, {.causal = true}, grad),
          attention({2, 5, 4, 4}, 7, 2, {.dropout = true}, grad),
          attention({2, 6, 2, 4}, 6, 2,
                    {.causal = true, .lengths = true, .dropout = true, .part = true}, grad),
          some_of_it(attention({2, 5, 4, 4}, 7, 2, {.dropout = true, .part = true}, grad))};
}

const TensorType kQ{DType::f32, {2, 3, 4, 8}}, kK{DType::f32, {2, 3, 2, 8}};
const TensorType kStep{DType::i64, {}};
const Attrs kPlain{{"causal", false}, {"window", 0}, {"scale", 1.0}};

Attrs dropping(double rate) {
  Attrs attrs = kPlain;
  attrs.set("rate", rate);
  attrs.set("seed", 7);
  attrs.set("stream", "weights");
  return attrs;
}

Attrs placed() {
  Attrs attrs = kPlain;
  attrs.set("offset", true);
  return attrs;
}

Attrs with(Attrs attrs, Shape whole) {
  attrs.set("whole", std::move(whole));
  attrs.set("place", "dp");
  return attrs;
}

const Register kAttention(
    {"attention"}, all(false),
    {{.in = {kQ, kK}, .attrs = kPlain, .words = "takes 3"},
     {.in = {kQ, kK, kQ}, .attrs = kPlain, .words = "differ in shape"},
     {.in = {kQ, {DType::f32, {2, 3, 3, 8}}, {DType::f32, {2, 3, 3, 8}}},
      .attrs = kPlain,
      .words = "evenly"},
     {.in = {kQ, {DType::f32, {2, 3, 2, 4}}, {DType::f32, {2, 3, 2, 4}}},
      .attrs = kPlain,
      .words = "head size"},
     {.in = {kQ, kK, kK}, .attrs = {{"causal", false}, {"window", -1}}, .words = "negative"},
     {.in = {kQ, kK, kK, {DType::i32, {3}}}, .attrs = placed(), .words = "i32[] or i32[2]"},
     {.in = {kQ, kK, kK}, .attrs = dropping(0.1), .words = "takes 4"},
     {.in = {kQ, kK, kK, kQ}, .attrs = dropping(0.1), .words = "are integers"},
     {.in = {kQ, kK, kK, kStep}, .attrs = dropping(1), .words = "[0, 1)"},
     {.in = {kQ, kK, kK, kStep},
      .attrs = with(dropping(0.1), {2, 4, 3, 2}),
      .words = "is no part of [2,4,3,2]"},
     {.in = {kQ, kK, kK}, .attrs = with(kPlain, {2, 4, 3, 3}), .words = "only dropout"}});
const Register kAttentionGrad({"attention_grad"}, all(true),
                              {{.in = {kQ, kK, kK}, .attrs = kPlain, .words = "takes 6"}});

}  // namespace
}  // namespace tessera
