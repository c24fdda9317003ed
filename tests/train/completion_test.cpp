// Completions of many prompts: beside transformers' texts, and the same texts in any batch.
#include "framework/train/completion.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/train/generation_golden.h"

namespace tessera::testing {
namespace {

using Ids = std::vector<int32_t>;

GenerationSize size_for(const std::vector<Ids>& prompts, int64_t most, int64_t rows,
                        bool reorders = false) {
  size_t longest = 0;
  for (const Ids& prompt : prompts) longest = std::max(longest, prompt.size());
  return {.rows = rows,
          .positions = static_cast<int64_t>(longest) + most,
          .prompt = static_cast<int64_t>(longest),
          .reorders = reorders};
}

CompletionOptions golden_options(int64_t most) {
  CompletionOptions options;
  options.sampling.temperature = 0;
  options.most = most;
  options.usable = kGoldenVocab;
  options.ends = {kGoldenEnd};
  return options;
}

std::vector<Completion> completions(Generator& generator, const std::vector<Ids>& prompts,
                                    const CompletionOptions& options,
                                    CompletionEvents events = {}) {
  std::map<size_t, Completion> done;
  events.done = [&](size_t number, Completion completion) {
    EXPECT_TRUE(done.emplace(number, std::move(completion)).second);
  };
  complete(generator, prompts, options, events);
  std::vector<Completion> out;
  for (auto& [number, completion] : done) out.push_back(std::move(completion));
  EXPECT_EQ(out.size(), prompts.size());
  return out;
}

TEST(Completion, OfTheLikeliestTokensIsThatOfTransformers) {
  const nlohmann::json golden = generation_golden();
  std::map<std::string, std::vector<nlohmann::json>> by_rules;
  for (const auto& c : golden.at("greedy")) by_rules[c.at("options").dump()].push_back(c);
  EXPECT_EQ(by_rules.size(), 4u);
  for (const auto& [name, cases] : by_rules) {
    std::vector<Ids> prompts;
    for (const auto& c : cases) prompts.push_back(c.at("prompt"));
    CompletionOptions options = golden_options(24);
    options.rules = golden_rules(cases[0].at("options"));
    options.logprobs = 2;
    const auto held = golden_generator(size_for(prompts, 24, 2));
    Generator& generator = *held;
    const auto got = completions(generator, prompts, options);
    for (size_t i = 0; i < cases.size(); ++i) {
      EXPECT_EQ(got[i].ids, cases[i].at("ids").get<Ids>()) << name << " " << i;
      const auto logprobs = cases[i].at("logprobs").get<std::vector<double>>();
      for (size_t t = 0; t < std::min(logprobs.size(), got[i].likelihoods.size()); ++t) {
        EXPECT_NEAR(got[i].likelihoods[t].logprob, logprobs[t], 1e-4);
        EXPECT_EQ(got[i].likelihoods[t].likeliest.size(), 2u);
      }
    }
  }
}

TEST(Completion, OfBeamSearchIsThatOfTransformers) {
  const nlohmann::json golden = generation_golden();
  std::map<int64_t, std::unique_ptr<Generator>> generators;
  for (const auto& c : golden.at("beams")) {
    const auto prompt = c.at("prompt").get<Ids>();
    CompletionOptions options = golden_options(12);
    options.rules = golden_rules(c.at("rules"));
    options.beams.beams = c.at("beams");
    options.beams.length_penalty = c.at("length_penalty");
    const std::string early = c.at("early");
    options.beams.early = early == "yes"     ? BeamOptions::Early::yes
                          : early == "never" ? BeamOptions::Early::never
                                             : BeamOptions::Early::no;
    auto& generator = generators[options.beams.beams];
    if (!generator)
      generator = golden_generator(size_for({Ids(70, 4)}, 12, options.beams.beams, true));
    const Completion got = completions(*generator, {prompt}, options).at(0);
    EXPECT_EQ(got.ids, c.at("ids").get<Ids>()) << c;
    EXPECT_NEAR(got.score, c.at("score").get<double>(), 1e-4) << c;
  }
}

std::vector<Ids> many_prompts() {
  std::vector<Ids> out;
  for (int i = 0; i < 9; ++i) {
    Ids prompt;
    for (int t = 0; t < 1 + (i * 13) % 40; ++t) prompt.push_back(4 + (i * 7 + t * t) % 37);
    out.push_back(prompt);
  }
  return out;
}

/// Draws depend on the seed, the prompt and the position alone.
TEST(Completion, IsTheSameInAnyBatchAndOrder) {
  const std::vector<Ids> prompts = many_prompts();
  CompletionOptions options = golden_options(40);
  options.sampling = {.temperature = 1, .top_p = 0.95, .seed = 3};
  options.rules.frequency = 0.2;
  options.logprobs = 0;
  const auto texts = [&](const std::vector<Ids>& of, int64_t rows) {
    const auto held = golden_generator(size_for(prompts, 40, rows));
    Generator& generator = *held;
    std::vector<std::pair<Ids, double>> out;
    for (const Completion& c : completions(generator, of, options))
      out.emplace_back(c.ids, c.likelihoods.back().logprob);
    return out;
  };
  const auto alone = texts(prompts, 1);
  size_t lengths = 0;
  for (const auto& [ids, logprob] : alone) lengths += ids.size() < 40;
  EXPECT_GT(lengths, 0u);  // some end before others
  for (const int64_t rows : {2, 3, 16}) EXPECT_EQ(texts(prompts, rows), alone) << rows;
  std::vector<Ids> backwards(prompts.rbegin(), prompts.rend());
  auto turned = texts(backwards, 4);
  std::ranges::reverse(turned);
  EXPECT_EQ(turned, alone);
}

TEST(Completion, EndsForAReason) {
  const std::vector<Ids> prompts = many_prompts();
  CompletionOptions options = golden_options(0);
  const auto held = golden_generator(size_for(prompts, 200, 4));
  Generator& generator = *held;
  for (const Completion& c : completions(generator, prompts, options)) EXPECT_TRUE(c.ids.empty());

  options.most = 3;
  options.ends = {};
  for (const Completion& c : completions(generator, prompts, options)) {
    EXPECT_EQ(c.ids.size(), 3u);
    EXPECT_EQ(to_string(c.end), "length");
  }
  options.most = 1000;
  const auto full = completions(generator, prompts, options);
  for (size_t i = 0; i < full.size(); ++i) {
    EXPECT_EQ(to_string(full[i].end), "context");
    EXPECT_EQ(full[i].ids.size() + prompts[i].size(), 129u);
  }
  options.ends = {full[0].ids[1]};
  const auto ended = completions(generator, {prompts[0]}, options).at(0);
  EXPECT_EQ(to_string(ended.end), "end");
  EXPECT_EQ(ended.ids.back(), full[0].ids[1]);

  options.ends = {};
  const auto stopped = completions(generator, prompts, options,
                                   {.made = [](size_t number, int32_t) { return number != 2; }});
  EXPECT_EQ(stopped[2].ids.size(), 1u);
  EXPECT_EQ(to_string(stopped[2].end), "stop");
  EXPECT_EQ(to_string(stopped[1].end), "context");
}

TEST(Completion, OfBeamsStopsWhenATextSaysSo) {
  CompletionOptions options = golden_options(12);
  options.ends = {};
  options.beams.beams = 3;
  const auto held = golden_generator(size_for({{5}}, 12, 3, true));
  Generator& generator = *held;
  const auto free = completions(generator, {{5}}, options).at(0);
  EXPECT_EQ(free.ids.size(), 12u);
  EXPECT_EQ(to_string(free.end), "length");
  const auto stopped =
      completions(generator, {{5}}, options,
                  {.stops = [](size_t, std::span<const int32_t> ids) { return ids.size() == 4; }})
          .at(0);
  EXPECT_EQ(stopped.ids.size(), 4u);
  EXPECT_EQ(to_string(stopped.end), "stop");
}

TEST(Completion, NeedsPromptsOfOneToken) {
  const auto held = golden_generator(size_for({{5}}, 12, 1));
  Generator& generator = *held;
  const std::vector<Ids> none{{}};
  EXPECT_THROW(complete(generator, none, golden_options(1), {.done = [](size_t, Completion) {}}),
               UserError);
}

}  // namespace
}  // namespace tessera::testing
