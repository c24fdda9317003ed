// Generation through key/value caches beside the whole forward pass: the same logits at every
// position, and the same bits whatever stands in the other rows.
#include "tests/models/errors.h"
#include "tests/models/generation_model.h"

namespace tessera::testing {
namespace {

constexpr int64_t kContext = 150;  // more than two blocks of a prompt, and not whole ones
using Logits = std::vector<float>;
using Ids = std::vector<int32_t>;

Ids text(uint64_t sample, int64_t length) {
  return ToyBatches::text(sample, length, kGenerationVocab);
}

Logits read(Generator& generator, const Ids& prompt) {
  const auto logits = generator.read(prompt);
  return {logits.begin(), logits.end()};
}

Ids first(const Ids& tokens, size_t count) {
  return {tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count)};
}

struct Case {
  const char* name;
  Sets sets;
  double bound = 1e-5;  // relative to the largest logit
};

class Generation : public ::testing::TestWithParam<Case> {
 protected:
  GenerationModel model_{GetParam().sets, kContext};
};

/// A prompt of every length: one token, whole blocks, one more than a block, the whole context.
TEST_P(Generation, PromptsOfEveryLength) {
  const Ids tokens = text(3, kContext);
  const auto whole = model_.forward(tokens);
  const auto held = model_.generator({.positions = kContext, .prompt = kContext});
  Generator& generator = *held;
  double worst = 0;
  for (size_t length = 1; length <= tokens.size(); ++length)
    worst = std::max(worst, worst_error(read(generator, first(tokens, length)), whole[length - 1]));
  ErrorTable(fmt::format("{}, prompts", GetParam().name), GetParam().bound).add("logits", worst);
}

TEST_P(Generation, OneTokenAfterAnotherUpToTheEnd) {
  const Ids tokens = text(4, kContext);
  const auto whole = model_.forward(tokens);
  for (const size_t length : {size_t{1}, size_t{40}}) {
    const auto held =
        model_.generator({.positions = kContext, .prompt = static_cast<int64_t>(length)});
    Generator& generator = *held;
    generator.read(first(tokens, length));
    generator.place(0);
    double worst = 0;
    for (size_t i = length; i < tokens.size(); ++i) {
      const int32_t position = static_cast<int32_t>(i);
      const auto logits = generator.decode(std::span(&tokens[i], 1), std::span(&position, 1));
      worst = std::max(worst, worst_error(std::span<const float>(logits), whole[i]));
    }
    ErrorTable(fmt::format("{}, decode behind {}", GetParam().name, length), GetParam().bound)
        .add("logits", worst);
  }
}

/// Texts of unequal lengths side by side, one of which begins when the others are long since under
/// way, get the bits that they get alone.
TEST_P(Generation, TextsSideBySideGetTheBitsThatTheyGetAlone) {
  const std::vector<std::pair<size_t, Ids>> texts{
      {3, text(5, 60)}, {30, text(6, 90)}, {100, text(7, kContext)}, {7, text(8, 20)}};
  std::vector<std::vector<Logits>> alone;
  for (const auto& [prompt, tokens] : texts) {
    const auto held = model_.generator({.positions = kContext, .prompt = 100});
    Generator& generator = *held;
    alone.push_back({read(generator, first(tokens, prompt))});
    generator.place(0);
    for (size_t i = prompt; i < tokens.size(); ++i) {
      const int32_t position = static_cast<int32_t>(i);
      const auto logits = generator.decode(std::span(&tokens[i], 1), std::span(&position, 1));
      alone.back().emplace_back(logits.begin(), logits.end());
    }
  }
  // Rows 0 to 2 begin with the first texts; row 0 takes the last text when the first has ended.
  const auto held = model_.generator({.rows = 3, .positions = kContext, .prompt = 100});
  Generator& generator = *held;
  std::vector<size_t> in_row{0, 1, 2}, at;
  const auto begin = [&](size_t row, size_t which) {
    in_row[row] = which;
    EXPECT_EQ(read(generator, first(texts[which].second, texts[which].first)), alone[which][0]);
    generator.place(static_cast<int64_t>(row));
    return texts[which].first;
  };
  for (size_t row = 0; row < 3; ++row) at.push_back(begin(row, row));
  for (int step = 0; step < 60; ++step) {
    if (in_row[0] == 0 && at[0] == texts[0].second.size()) at[0] = begin(0, 3);
    Ids tokens, positions;
    for (size_t row = 0; row < 3; ++row) {
      const Ids& own = texts[in_row[row]].second;
      const bool runs = at[row] < own.size();
      tokens.push_back(runs ? own[at[row]] : 0);
      positions.push_back(runs ? static_cast<int32_t>(at[row]) : 0);
    }
    const auto logits = generator.decode(tokens, positions);
    for (size_t row = 0; row < 3; ++row) {
      const auto& [prompt, own] = texts[in_row[row]];
      if (at[row] >= own.size()) continue;
      const float* begins = logits.data() + row * kGenerationVocab;
      EXPECT_EQ(Logits(begins, begins + kGenerationVocab), alone[in_row[row]][at[row] - prompt + 1])
          << "text " << in_row[row] << " at " << at[row];
      ++at[row];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Generation,
                         ::testing::Values(Case{"learned", {}}, Case{"window", {"model.window=20"}},
                                           Case{"wide_window", {"model.window=150"}},
                                           Case{"llama",
                                                {"model.positions=rotary", "model.norm=rms",
                                                 "model.activation=silu_gated", "model.bias=false",
                                                 "model.kv_heads=2", "model.tied_head=false"}},
                                           Case{"bf16", {"precision.compute=bf16"}, 0.05},
                                           Case{"llama_bf16",
                                                {"precision.compute=bf16", "model.positions=rotary",
                                                 "model.kv_heads=1"},
                                                0.05}),
                         [](const auto& info) { return std::string(info.param.name); });

/// Prompts that are read in blocks of 512.
TEST(GenerationPrompts, OfManyTokens) {
  constexpr int64_t kLong = 1100;
  for (const char* window : {"model.window=0", "model.window=100"}) {
    const GenerationModel model({window, "model.layers=1"}, kLong);
    const Ids tokens = text(9, kLong);
    const auto whole = model.forward(tokens);
    const auto held = model.generator({.positions = kLong, .prompt = kLong});
    Generator& generator = *held;
    for (const size_t length : {448, 449, 512, 513, 1023, 1024, 1100})
      EXPECT_LT(worst_error(read(generator, first(tokens, length)), whole[length - 1]), 1e-5)
          << window << ", " << length;
  }
}

/// In bf16 only the rounded weights are held, but for those that are read in f32.
TEST(GenerationWeights, AreHeldInTheTypeThatIsRead) {
  const GenerationModel model({"precision.compute=bf16", "model.tied_head=false"}, 40);
  const auto held = model.generator({.positions = 40, .prompt = 10});
  Session& session = held->session();
  std::vector<std::string> in_f32;
  size_t copies = 0;
  for (const State& state : session.compiled().program.states()) {
    if (state.kind == StateKind::parameter && state.name.ends_with(".weight"))
      in_f32.push_back(state.name);
    if (state.kind != StateKind::compute_copy) continue;
    ++copies;
    const auto [type, bytes] =
        model.source().tensors.at(state.name.substr(0, state.name.size() - 5));
    const auto rounded = session.state<bfloat16>(state.name);
    const auto* exact = reinterpret_cast<const float*>(bytes.data());
    for (size_t i = 0; i < rounded.size(); ++i)
      ASSERT_EQ(rounded.data()[i], bfloat16(exact[i])) << state.name;
  }
  EXPECT_EQ(in_f32, std::vector<std::string>());
  EXPECT_GT(copies, 10u);
  for (const Graph& graph : session.compiled().program.graphs()) {
    EXPECT_NE(graph.name(), "refresh");
    for (const Port& port : graph.inputs())
      EXPECT_TRUE(port.kind != PortKind::state ||
                  session.compiled().program.find_state(port.name) != nullptr)
          << port.name.str();
  }
}

TEST(GenerationCaches, AreOfTheComputeTypeAndAsLongAsTheTexts) {
  for (const char* compute : {"f32", "bf16"}) {
    const Config config =
        toy_config(kToyGpt, {std::string("precision.compute=") + compute, "model.context=1000"});
    int caches = 0;
    const Assembly assembly = assemble_generation(shipped_models(), config, kGenerationVocab,
                                                  {.rows = 3, .positions = 90, .prompt = 10});
    for (const State& state : assembly.program.states())
      if (state.kind == StateKind::cache) {
        ++caches;
        EXPECT_EQ(to_string(state.type.dtype), compute);
        EXPECT_EQ(state.type.shape[0], state.name.starts_with("cache.prompt.") ? 1 : 3);
        EXPECT_EQ(state.type.shape[1], 90);
      }
    EXPECT_EQ(caches, 8);  // k and v of two layers, for the prompt and for the rows
  }
}

TEST(GenerationCaches, OfAWindowHaveItsLength) {
  const Config config = toy_config(kToyGpt, {"model.context=5000", "model.window=100"});
  const Assembly assembly =
      assemble_generation(shipped_models(), config, kGenerationVocab,
                          {.rows = 2, .positions = 5000, .prompt = 4000, .window = 100});
  for (const State& state : assembly.program.states())
    if (state.kind == StateKind::cache) {
      EXPECT_EQ(state.type.shape[1], state.name.starts_with("cache.prompt.") ? 612 : 100);
    }
}

/// The caches are written where they lie: a graph's arena holds no copy of them.
TEST(GenerationCaches, AreNotCopied) {
  const GenerationModel model({"model.context=4000"}, 4000);
  const auto held = model.generator({.rows = 4, .positions = 4000, .prompt = 10, .reorders = true});
  Generator& generator = *held;
  int64_t cache = 0;
  for (const State& state : generator.session().compiled().program.states())
    if (state.kind == StateKind::cache && !state.name.starts_with("cache.prompt."))
      cache = std::max<int64_t>(cache, static_cast<int64_t>(state.type.bytes()));
  for (const CompiledGraph& graph : generator.session().compiled().graphs) {
    EXPECT_TRUE(graph.plan.copies.empty()) << graph.plan.graph.name();
    const int64_t most = graph.plan.graph.name() == "reorder" ? cache + 4096 : cache / 2;
    EXPECT_LE(graph.plan.arena_bytes, most) << graph.plan.graph.name();
  }
}

TEST(GenerationSizes, BlocksDependOnThePromptAlone) {
  EXPECT_EQ(prompt_blocks(1), (std::vector<int64_t>{8}));
  EXPECT_EQ(prompt_blocks(16), (std::vector<int64_t>{8, 8}));
  EXPECT_EQ(prompt_blocks(17), (std::vector<int64_t>{64}));
  EXPECT_EQ(prompt_blocks(70), (std::vector<int64_t>{64, 8}));
  EXPECT_EQ(prompt_blocks(513), (std::vector<int64_t>{512, 8}));
  EXPECT_EQ(block_lengths(16), (std::vector<int64_t>{8}));
  for (int64_t tokens = 1; tokens < 2000; ++tokens)
    for (const int64_t block : prompt_blocks(tokens))
      EXPECT_TRUE(std::ranges::count(block_lengths(tokens), block)) << tokens;
}

TEST(GenerationSizes, APromptBeyondTheContextIsRefused) {
  const GenerationModel model({}, 20);
  EXPECT_THROW(model.generator({.positions = 30, .prompt = 21}), UserError);
}

}  // namespace
}  // namespace tessera::testing
