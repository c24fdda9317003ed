// adamw, sgd, sum_squares, clip_scale, learning_rate against the reference kernels and double; the
// predicate.
#include "framework/core/schedule.h"
#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

Values scalar(DType dtype, double value) { return {{dtype, {}}, {value}}; }

TEST(Optimizer, AdamwAsTheReference) {
  for (DType grad : {DType::f32, DType::bf16})
    for (bool copy : {false, true})
      for (double t : {1.0, 7.0, 30000.0})
        for (double apply : {1.0, 0.0})
          for (int64_t n : {1, 37, 10000}) {
            const Values p = random_values(DType::f32, {n}, 1), g = random_values(grad, {n}, 2),
                         m = random_values(DType::f32, {n}, 3, 0.1);
            Values v = random_values(DType::f32, {n}, 4, 0.1);
            for (double& x : v.data) x = rounded(DType::f32, x * x);
            std::vector<Values> in{p,
                                   g,
                                   m,
                                   v,
                                   scalar(DType::f32, rounded(DType::f32, 1e-3)),
                                   scalar(DType::f32, 0.5),
                                   scalar(DType::i64, t),
                                   scalar(DType::boolean, apply)};
            Attrs attrs{{"beta1", 0.9}, {"beta2", 0.95}, {"eps", 1e-8}, {"weight_decay", 0.1}};
            std::vector<TensorType> out{p.type, p.type, p.type};
            std::vector<std::pair<size_t, size_t>> donated{{0, 0}, {2, 1}, {3, 2}};
            if (copy) {
              attrs.set("copy", "bf16");
              in.push_back(random_values(DType::bf16, {n}, 5));
              out.push_back({DType::bf16, {n}});
              donated.push_back({8, 3});
            }
            expect_as_reference("adamw", attrs, in, out, 3e-7, donated);
            if (apply == 0) {
              const auto got = run_cpu("adamw", attrs, in, out, Isa::avx2, donated);
              EXPECT_EQ(got[0], p.data);
              EXPECT_EQ(got[1], m.data);
              EXPECT_EQ(got[2], v.data);
            } else if (copy) {
              const auto got = run_cpu("adamw", attrs, in, out, isas_here().back(), donated);
              for (size_t i = 0; i < got[0].size(); ++i)
                ASSERT_EQ(got[3][i], rounded(DType::bf16, got[0][i]));
            }
          }
}

TEST(Optimizer, SgdAsTheReference) {
  for (DType grad : {DType::f32, DType::bf16})
    for (bool copy : {false, true})
      for (double momentum : {0.9, 0.0})
        for (double apply : {1.0, 0.0}) {
          const int64_t n = 4099;
          const Values p = random_values(DType::f32, {n}, 1), g = random_values(grad, {n}, 2),
                       b = random_values(DType::f32, {n}, 3);
          std::vector<Values> in{p, g, scalar(DType::f32, rounded(DType::f32, 0.1)),
                                 scalar(DType::f32, 0.25), scalar(DType::boolean, apply)};
          Attrs attrs{{"momentum", momentum}, {"weight_decay", 0.01}};
          std::vector<TensorType> out{p.type};
          std::vector<std::pair<size_t, size_t>> donated{{0, 0}};
          if (momentum > 0) {
            in.insert(in.begin() + 2, b);
            out.push_back(b.type);
            donated.emplace_back(2, 1);
          }
          if (copy) {
            attrs.set("copy", "bf16");
            in.push_back(random_values(DType::bf16, {n}, 5));
            out.push_back({DType::bf16, {n}});
            donated.emplace_back(in.size() - 1, out.size() - 1);
          }
          expect_as_reference("sgd", attrs, in, out, 1e-6, donated);
        }
}

TEST(Optimizer, SumSquares) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (int64_t n : {1, 5, 63, 16384, 16385, 200003}) {
      const Values x = random_values(dtype, {n}, 1);
      double want = 0;
      for (double v : x.data) want += v * v;
      for (Isa isa : isas_here())
        EXPECT_NEAR(run_cpu("sum_squares", {}, {x}, {{DType::f32, {}}}, isa)[0][0], want,
                    want * 2e-6)
            << n << to_string(isa);
    }
}

TEST(Optimizer, ClipScale) {
  const TensorType f{DType::f32, {}}, b{DType::boolean, {}};
  const auto run = [&](std::vector<double> squares, double max_norm) {
    std::vector<Values> in;
    for (double s : squares) in.push_back(scalar(DType::f32, s));
    const Attrs attrs{{"max_norm", max_norm}};
    expect_as_reference("clip_scale", attrs, in, {f, f, b}, 0);
    auto got = run_cpu("clip_scale", attrs, in, {f, f, b}, Isa::avx2);
    return std::array{got[0][0], got[1][0], got[2][0]};
  };
  EXPECT_EQ(run({9, 16}, 10), (std::array{1.0, 5.0, 1.0}));
  EXPECT_NEAR(run({9, 16}, 1)[0], 0.2, 1e-6);
  EXPECT_EQ(run({9, 16}, 0), (std::array{1.0, 5.0, 1.0}));
  EXPECT_EQ(run({0}, 1), (std::array{1.0, 0.0, 1.0}));
  EXPECT_EQ(run({INFINITY, 1}, 1), (std::array{0.0, double{INFINITY}, 0.0}));
  EXPECT_EQ(run({std::nan("")}, 1)[2], 0.0);
}

TEST(Optimizer, LearningRate) {
  const auto rate = [](std::string schedule, int64_t update) {
    const Attrs attrs{{"schedule", schedule},  {"peak", 2.0},          {"warmup", int64_t{10}},
                      {"total", int64_t{110}}, {"decay", int64_t{20}}, {"final_ratio", 0.1}};
    const Values in = scalar(DType::i64, static_cast<double>(update));
    expect_as_reference("learning_rate", attrs, {in}, {{DType::f32, {}}}, 0);
    return run_cpu("learning_rate", attrs, {in}, {{DType::f32, {}}}, Isa::avx2)[0][0];
  };
  for (std::string schedule : {"constant", "linear", "cosine", "wsd"}) {
    EXPECT_NEAR(rate(schedule, 1), 0.2, 1e-6);
    EXPECT_EQ(rate(schedule, 10), 2.0);
    for (int64_t update : {110, 111, 100000})
      EXPECT_NEAR(rate(schedule, update), schedule == "constant" ? 2.0 : 0.2, 1e-6);
  }
  EXPECT_NEAR(rate("linear", 60), 1.1, 1e-6);
  EXPECT_NEAR(rate("cosine", 60), 1.1, 1e-6);
  EXPECT_NEAR(rate("cosine", 35), 0.2 + 0.9 * (1 + std::sqrt(0.5)), 1e-6);
  EXPECT_EQ(rate("wsd", 90), 2.0);
  EXPECT_NEAR(rate("wsd", 100), 1.1, 1e-6);
}

TEST(Optimizer, SchedulesThatDoNotFitAreRefused) {
  const auto make = [](std::string schedule, int64_t warmup, int64_t total, int64_t decay) {
    return schedule_of({{"schedule", schedule},
                        {"peak", 1.0},
                        {"warmup", warmup},
                        {"total", total},
                        {"decay", decay},
                        {"final_ratio", 0.0}});
  };
  EXPECT_THROW(make("sine", 1, 10, 0), UserError);
  EXPECT_THROW(make("cosine", 1, 0, 0), UserError);
  EXPECT_THROW(make("linear", -1, 10, 0), UserError);
  EXPECT_THROW(make("wsd", 6, 10, 5), UserError);
  EXPECT_EQ(make("constant", 0, 0, 0).rate(1), 1.0);
}

}  // namespace
}  // namespace tessera
