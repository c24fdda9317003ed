// Llama 3's scaling of rotary positions, to factors of GGUF files and back.
#include "models/rope_factors.h"

#include <gtest/gtest.h>

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

ModelConfig scaled(double factor, double low, double high, int64_t original, double base,
                   int64_t width) {
  ModelConfig model;
  model.head_dim = width;
  model.rope_base = base;
  model.rope_scaling = ModelConfig::RopeScaling::llama3;
  model.rope_factor = factor;
  model.rope_low = low;
  model.rope_high = high;
  model.rope_original_context = original;
  return model;
}

double number(const std::vector<std::string>& sets, const std::string& key) {
  for (const std::string& set : sets)
    if (set.starts_with(key + "=")) return std::stod(set.substr(key.size() + 1));
  ADD_FAILURE() << key << " is not set";
  return 0;
}

TEST(RopeFactors, AreThoseOfLlama31) {
  // The reference: convert_hf_to_gguf.py of llama.cpp, on Llama 3.1's config.
  const std::vector<float> factors = rope_factors(scaled(8, 1, 4, 8192, 500000, 128));
  ASSERT_EQ(factors.size(), 64);
  EXPECT_EQ(factors[0], 1);
  EXPECT_EQ(factors[28], 1);
  EXPECT_FLOAT_EQ(factors[29], 1.2074839F);
  EXPECT_FLOAT_EQ(factors[34], 5.2573266F);
  EXPECT_EQ(factors[35], 8);
  EXPECT_EQ(factors[63], 8);
  EXPECT_EQ(settings_of_rope_factors(factors, 500000, "f"),
            (std::vector<std::string>{"model.rope_scaling=llama3", "model.rope_factor=8",
                                      "model.rope_original_context=8192", "model.rope_low=1",
                                      "model.rope_high=4"}));
}

/// Other contexts and turns may come back as others that give the same factors, with few pairs, too.
TEST(RopeFactors, ComeBackAsAScalingThatGivesThem) {
  for (const ModelConfig& model : {scaled(32, 1, 4, 8192, 500000, 64), scaled(8, 1, 4, 64, 5000, 8),
                                   scaled(4, 2, 16, 300, 10000, 32), scaled(8, 1, 4, 64, 1e6, 6)}) {
    const std::vector<float> factors = rope_factors(model);
    const auto sets = settings_of_rope_factors(factors, model.rope_base, "f");
    const ModelConfig again =
        scaled(number(sets, "model.rope_factor"), number(sets, "model.rope_low"),
               number(sets, "model.rope_high"), 8192, model.rope_base, *model.head_dim);
    const std::vector<float> got = rope_factors(again);
    for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], factors[i], 2e-5 * factors[i]);
  }
}

TEST(RopeFactors, OthersAreRefused) {
  const auto of = [](const std::vector<float>& factors) {
    return error_of([&] { settings_of_rope_factors(factors, 10000, "m.gguf: rope_freqs.weight"); });
  };
  EXPECT_TRUE(settings_of_rope_factors(std::vector<float>{1, 1, 1}, 10000, "f").empty());
  for (const std::vector<float>& wrong :
       {std::vector<float>{1, 4, 2, 4}, {0.5F, 0.5F}, {1, -3, 2}, {1, NAN, 4}, {1, INFINITY}})
    expect_contains(of(wrong), "m.gguf: rope_freqs.weight: its ");
  expect_contains(of({2, 1, 4, 4}), "are not those of Llama 3's scaling");
}

}  // namespace
}  // namespace tessera
