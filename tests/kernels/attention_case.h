// Cases of attention and a plain computation of them in double, forward and backward.
#pragma once

#include <optional>

#include "framework/core/random.h"
#include "tests/kernels/run_kernel.h"

namespace tessera::testing {

struct AttentionCase {
  int64_t b, s, t, h, g, d;
  bool causal = false;
  int64_t window = 0;
  std::vector<double> documents = {}, lengths = {};
  std::optional<double> offset = {};
  double scale = 0;  // 0: 1/√d
  double rate = 0;   // dropout's
  int64_t part = 0;  // 0: not given

  double factor() const { return scale != 0 ? scale : 1 / std::sqrt(static_cast<double>(d)); }

  Attrs attrs() const {
    Attrs out{{"causal", causal},
              {"window", window},
              {"scale", factor()},
              {"documents", !documents.empty()},
              {"lengths", !lengths.empty()},
              {"offset", offset.has_value()}};
    if (rate == 0) return out;
    out.set("rate", rate);
    out.set("seed", kSeed);
    out.set("stream", std::string(kStream));
    out.set("part", part > 0);
    return out;
  }

  void append_masks(std::vector<Values>& operands) const {
    if (!documents.empty()) operands.push_back(integers({b, s}, documents));
    if (!lengths.empty()) operands.push_back(integers({b}, lengths));
    if (offset) operands.push_back(integers({}, {*offset}));
    if (rate > 0) operands.push_back({{DType::i64, {}}, {static_cast<double>(kStep)}});
    if (part > 0) operands.push_back(integers({}, {static_cast<double>(part)}));
  }

  /// What the weight of (entry, head, i, j) is multiplied with: the definition, word by word.
  double kept(int64_t entry, int64_t head, int64_t i, int64_t j) const {
    if (rate == 0) return 1;
    const auto e = static_cast<uint64_t>((((part * b + entry) * h + head) * s + i) * t + j);
    const uint32_t word = Random(kSeed, kStream).block(kStep, e / 4)[e % 4];
    return word < static_cast<uint32_t>(rate * 0x1p32) ? 0 : 1 / (1 - rate);
  }
  static constexpr int64_t kSeed = 11;
  static constexpr uint64_t kStep = 5'000'000'000;
  static constexpr const char* kStream = "layer.0.attention.weights";

  bool sees(int64_t entry, int64_t i, int64_t j) const {
    const int64_t position = i + static_cast<int64_t>(offset.value_or(0));
    const auto at = [](const std::vector<double>& x, int64_t index) {
      return x[static_cast<size_t>(index)];
    };
    if (causal && j > position) return false;
    if (window > 0 && std::abs(position - j) >= window) return false;
    if (!lengths.empty() && static_cast<double>(j) >= at(lengths, entry)) return false;
    return documents.empty() || at(documents, entry * s + i) == at(documents, entry * s + j);
  }

  std::string name() const {
    return fmt::format("B{} S{} T{} H{} G{} D{}{} window {}{}{}{} rate {} part {}", b, s, t, h, g,
                       d, causal ? " causal" : "", window, documents.empty() ? "" : " documents",
                       lengths.empty() ? "" : " lengths", offset ? " offset" : "", rate, part);
  }
};

struct AttentionResult {
  std::vector<double> o, lse, dq, dk, dv;
};

/// Attention and its gradients, computed plainly; forward only when `dy` is empty.
inline AttentionResult plain_attention(const AttentionCase& test, const Values& q, const Values& k,
                                       const Values& v, const std::vector<double>& dy) {
  const auto& [b, s, t, h, g, d, causal, window, documents, lengths, offset, scale, rate, part] =
      test;
  const bool backward = !dy.empty();
  AttentionResult out{std::vector<double>(q.data.size()),
                      std::vector<double>(static_cast<size_t>(b * h * s)),
                      std::vector<double>(q.data.size()), std::vector<double>(k.data.size()),
                      std::vector<double>(k.data.size())};
  for (int64_t e = 0; e < b; ++e)
    for (int64_t head = 0; head < h; ++head)
      for (int64_t i = 0; i < s; ++i) {
        const auto qi = static_cast<size_t>(((e * s + i) * h + head) * d);
        const auto kj = [&](int64_t j) {
          return static_cast<size_t>(((e * t + j) * g + head / (h / g)) * d);
        };
        struct Weight {
          size_t at;
          double weight, kept;
        };
        std::vector<Weight> weights;  // one per visible key
        double highest = -INFINITY, sum = 0;
        for (int64_t j = 0; j < t; ++j) {
          if (!test.sees(e, i, j)) continue;
          double score = 0;
          for (size_t n = 0; n < static_cast<size_t>(d); ++n)
            score += q.data[qi + n] * k.data[kj(j) + n];
          weights.push_back({kj(j), score * test.factor(), test.kept(e, head, i, j)});
          highest = std::max(highest, weights.back().weight);
        }
        if (weights.empty()) continue;
        for (auto& [at, weight, kept] : weights) sum += weight = std::exp(weight - highest);
        out.lse[static_cast<size_t>((e * h + head) * s + i)] = highest + std::log(sum);
        double mean = 0;  // the mean of do · v under the weights
        for (auto& [at, weight, kept] : weights) {
          weight /= sum;
          for (size_t n = 0; n < static_cast<size_t>(d); ++n) {
            out.o[qi + n] += kept * weight * v.data[at + n];
            if (backward) mean += kept * weight * dy[qi + n] * v.data[at + n];
          }
        }
        if (!backward) continue;
        for (auto& [at, weight, kept] : weights) {
          double slope = -mean;
          for (size_t n = 0; n < static_cast<size_t>(d); ++n)
            slope += kept * dy[qi + n] * v.data[at + n];
          slope *= weight * test.factor();
          for (size_t n = 0; n < static_cast<size_t>(d); ++n) {
            out.dq[qi + n] += slope * k.data[at + n];
            out.dk[at + n] += slope * q.data[qi + n];
            out.dv[at + n] += kept * weight * dy[qi + n];
          }
        }
      }
  return out;
}

/// Every kind of mask, at sizes of one, odd, prime, and across the tiles' edges.
inline std::vector<AttentionCase> attention_cases() {
  std::vector<AttentionCase> out{
      {1, 1, 1, 1, 1, 8},
      {2, 5, 5, 3, 3, 8},
      {1, 7, 7, 2, 1, 3, true},
      {2, 67, 67, 2, 2, 16, true},
      {1, 130, 130, 1, 1, 64, true},
      {1, 129, 129, 2, 1, 80},
      {1, 200, 200, 4, 2, 33, true},
      {1, 61, 190, 3, 1, 128},
      {2, 190, 61, 2, 2, 24},
      {1, 190, 61, 2, 2, 24, true},
      {3, 75, 75, 2, 2, 16, true, 0, {}, {75, 30, 0}},
      {2, 70, 133, 2, 2, 16, false, 0, {}, {133, 65}},
      {1, 140, 140, 1, 1, 16, true, 17},
      {1, 140, 140, 1, 1, 16, false, 30},
      {1, 150, 150, 1, 1, 16, true, 70},
      {1, 90, 90, 1, 1, 8, true, 2, {}, {40}},
      {1, 40, 170, 2, 1, 32, true, 0, {}, {}, 130},
      {2, 40, 170, 2, 1, 32, true, 25, {}, {170, 100}, 100},
      {1, 9, 9, 1, 1, 8, true, 0, {}, {}, 100},
  };
  // Dropout: whole vectors and odd ones, keys that begin inside a Philox block, few queries, parts
  // of a batch.
  out.push_back({.b = 2, .s = 67, .t = 68, .h = 2, .g = 1, .d = 16, .rate = 0.3});
  out.push_back({.b = 1, .s = 3, .t = 5, .h = 1, .g = 1, .d = 8, .rate = 0.5, .part = 3});
  out.push_back({.b = 2, .s = 70, .t = 131, .h = 3, .g = 3, .d = 8, .rate = 0.1, .part = 1});
  out.push_back({.b = 2,
                 .s = 90,
                 .t = 90,
                 .h = 2,
                 .g = 2,
                 .d = 24,
                 .causal = true,
                 .lengths = {90, 61},
                 .rate = 0.2});
  AttentionCase packed{2, 150, 150, 2, 1, 16, true};
  for (int64_t i = 0; i < 300; ++i)
    packed.documents.push_back(i % 150 < 20 ? 3 : i % 150 < 66 ? 4 : i % 150 < 128 ? 5 : 9);
  out.push_back(packed);
  packed.causal = false;
  out.push_back(packed);
  AttentionCase scattered{1, 100, 100, 1, 1, 16, true, 40};
  for (int64_t i = 0; i < 100; ++i) scattered.documents.push_back(static_cast<double>(i * i % 3));
  out.push_back(scattered);
  scattered.lengths = {51};
  out.push_back(scattered);
  return out;
}

}  // namespace tessera::testing
