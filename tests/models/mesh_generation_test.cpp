// Texts that are made on a mesh beside those of one rank: they part only where two candidates are so
// near that rounding may choose between them, and have the same likelihoods until there.
#include <map>

#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/random.h"
#include "framework/core/threads.h"
#include "framework/train/shared_completion.h"
#include "tests/models/generation_model.h"

namespace tessera::testing {
namespace {

using Ids = std::vector<int32_t>;

constexpr int64_t kContext = 150, kMost = 30;
constexpr double kNear =
    1e-5;  // in f32: of log-probabilities, and of the probability that a draw goes by

struct Kind {
  const char* name;
  Sets sets;
  double near = kNear;
  bool twins = false;  // tokens differ from others by less than rounding
};

const std::vector<Kind> kKinds{
    {"twins", {}, kNear, true},
    {"learned", {}},
    {"window", {"model.window=20"}},
    {"llama",
     {"model.positions=rotary", "model.norm=rms", "model.activation=silu_gated", "model.bias=false",
      "model.kv_heads=2", "model.tied_head=false"}},
    {"qwen",
     {"model.positions=rotary", "model.norm=rms", "model.activation=silu_gated", "model.bias=qkv",
      "model.heads=6", "model.kv_heads=3", "model.head_dim=8", "model.window=24"}},
    {"nine_heads", {"model.heads=9", "model.head_dim=6", "model.kv_heads=9"}},
    // Products of split weights are rounded one by one before they are added.
    {"bf16", {"precision.compute=bf16", "model.positions=rotary", "model.kv_heads=2"}, 0.1},
};

struct MeshCase {
  const char* name;
  int64_t dp, tp;
};
const std::vector<MeshCase> kMeshes{{"tp2", 1, 2}, {"dp2", 2, 1}, {"dp2_tp2", 2, 2}, {"tp4", 1, 4}};

std::vector<Ids> prompts() {
  std::vector<Ids> out;
  for (const size_t length : {1, 3, 40, 90, 17, 8, 60})
    out.push_back(ToyBatches::text(length, static_cast<int64_t>(length), kGenerationVocab));
  return out;
}

CompletionOptions greedy() {
  CompletionOptions options;
  options.sampling.temperature = 0;
  options.most = kMost;
  options.usable = kGenerationVocab;
  options.ends = {11};
  options.logprobs = kGenerationVocab;
  return options;
}

CompletionOptions draws() {
  CompletionOptions options = greedy();
  options.sampling = {.temperature = 1, .top_k = 40, .top_p = 0.97, .seed = 5};
  return options;
}

CompletionOptions beams() {
  CompletionOptions options = greedy();
  options.beams.beams = 3;
  options.logprobs = -1;
  return options;
}

/// Gives the tokens of the upper half nearly the rows of the lower half, so that rounding often
/// chooses between two of them.
void make_twins(MemorySource& source) {
  auto& [type, bytes] = source.tensors.at("tokens");
  auto* rows = reinterpret_cast<float*>(bytes.data());
  const int64_t width = type.shape[1], half = type.shape[0] / 2;
  for (int64_t i = 0; i < half * width; ++i)
    rows[half * width + i] = rows[i] * (1 + 1e-7F * static_cast<float>(i % 5 - 2));
}

/// Completes the prompts on a rank of a mesh; gives what rank 0 gets.
std::vector<Completion> completed(const GenerationModel& model, bool twins, const Config& config,
                                  const CompletionOptions& options, World* world) {
  const bool searches = options.beams.beams > 1;
  Generator generator(shipped_models(), of_replica(config), kGenerationVocab, host_device(device()),
                      {.rows = searches ? options.beams.beams : 2,
                       .positions = 90 + kMost,
                       .prompt = 90,
                       .reorders = searches},
                      Replica(mesh_of(config), world));
  MemorySource source = model.source();
  if (twins) make_twins(source);
  generator.load(source);
  std::map<size_t, Completion> done;
  std::vector<size_t> order;
  CompletionEvents events;
  events.done = [&](size_t number, Completion completion) {
    order.push_back(number);
    done[number] = std::move(completion);
  };
  complete_shared(generator, prompts(), options, events);
  EXPECT_TRUE(generator.replica().count() == 1 || std::ranges::is_sorted(order));
  std::vector<Completion> out;
  for (auto& [number, completion] : done) out.push_back(std::move(completion));
  EXPECT_EQ(out.size(), !world || world->rank() == 0 ? prompts().size() : 0);
  return out;
}

std::vector<Completion> on_mesh(const GenerationModel& model, bool twins, const MeshCase& mesh,
                                const CompletionOptions& options) {
  Config config = model.config();
  config.mesh.dp = mesh.dp;
  config.mesh.tp = mesh.tp;
  config.mesh.pads_vocab = true;
  set_thread_count(1);
  if (mesh.dp * mesh.tp == 1) return completed(model, twins, config, options, nullptr);
  std::vector<Completion> out;
  run_threads(static_cast<int>(mesh.dp * mesh.tp), [&](World& world) {
    auto own = completed(model, twins, config, options, &world);
    if (world.rank() == 0) out = std::move(own);
  });
  return out;
}

double logprob_of(const Completion::Likelihood& made, int32_t id) {
  for (const auto& [other, logprob] : made.likeliest)
    if (other == id) return logprob;
  return -1e9;
}

/// How near two tokens are, of which one was chosen for a place and the other as well might have
/// been: by their log-probabilities, or where a draw decides, by how far it is from the border
/// between them.
double distance(const Completion::Likelihood& made, int32_t a, int32_t b,
                const CompletionOptions& options, const Ids& prompt, size_t place) {
  if (options.sampling.temperature <= 0) return std::abs(logprob_of(made, a) - logprob_of(made, b));
  std::vector<float> scores(kGenerationVocab);
  for (const auto& [id, logprob] : made.likeliest)
    scores[static_cast<size_t>(id)] = static_cast<float>(logprob);
  const uint64_t bits = Random(draw_key(options.sampling.seed, prompt))
                            .bits(static_cast<uint64_t>(prompt.size() + place), 0);
  const double at = static_cast<double>(bits >> 11) * 0x1p-53;
  double border = 0;
  for (const Candidate& c : candidates(scores, options.sampling)) {
    border += c.probability;
    if (c.id >= std::min(a, b)) break;
  }
  return std::abs(at - border);
}

struct Agreement {
  size_t tokens = 0, parted = 0;
  double worst = 0;  // difference of log-probabilities
};

/// Holds two completions of one prompt against one another.
void expect_agreement(const Completion& one, const Completion& many,
                      const CompletionOptions& options, const Ids& prompt, double near,
                      Agreement& agreement) {
  const size_t shorter = std::min(one.ids.size(), many.ids.size());
  for (size_t t = 0; t < shorter; ++t) {
    const auto &a = one.likelihoods[t], &b = many.likelihoods[t];
    for (const auto& [id, logprob] : a.likeliest)
      agreement.worst = std::max(agreement.worst, std::abs(logprob - logprob_of(b, id)));
    if (one.ids[t] != many.ids[t]) {
      ++agreement.parted;
      EXPECT_LE(distance(a, one.ids[t], many.ids[t], options, prompt, t), near)
          << "at " << t << ": " << one.ids[t] << " and " << many.ids[t];
      return;
    }
    ++agreement.tokens;
  }
  EXPECT_EQ(one.ids.size(), many.ids.size());
  EXPECT_EQ(one.end, many.end);
}

class MeshGeneration : public ::testing::TestWithParam<std::tuple<Kind, MeshCase>> {};

TEST_P(MeshGeneration, TextsPartOnlyWhereRoundingDecides) {
  const auto& [kind, mesh] = GetParam();
  const GenerationModel model(kind.sets, kContext);
  const std::vector<Ids> given = prompts();
  Agreement agreement;
  for (CompletionOptions options : {greedy(), draws()}) {
    // Of twins either may be the last that is left to draw among: the others' borders would move.
    if (kind.twins) options.sampling.top_k = 0, options.sampling.top_p = 1;
    const auto one = on_mesh(model, kind.twins, {"", 1, 1}, options),
               many = on_mesh(model, kind.twins, mesh, options);
    ASSERT_EQ(many.size(), given.size());
    for (size_t i = 0; i < given.size(); ++i)
      expect_agreement(one[i], many[i], options, given[i], kind.near, agreement);
  }
  const auto one = on_mesh(model, kind.twins, {"", 1, 1}, beams()),
             many = on_mesh(model, kind.twins, mesh, beams());
  ASSERT_EQ(many.size(), given.size());
  for (size_t i = 0; i < given.size(); ++i) {
    const bool parted = one[i].ids != many[i].ids;
    agreement.parted += parted;
    // Beams that part in bf16 are other texts, and so are their scores.
    if (!parted || kind.near == kNear) {
      EXPECT_NEAR(one[i].score, many[i].score, kind.near) << i;
    }
  }
  EXPECT_LE(agreement.worst, kind.near);
  EXPECT_GT(agreement.tokens, kind.near == kNear && !kind.twins ? 100u : 5u);
  RecordProperty("worst", fmt::format("{:.3g}", agreement.worst));
  RecordProperty("parted", static_cast<int>(agreement.parted));
}

std::vector<std::tuple<Kind, MeshCase>> cases() {
  std::vector<std::tuple<Kind, MeshCase>> out;
  for (const Kind& kind : kKinds)
    for (const MeshCase& mesh : kMeshes) {
      // Each rank has a key/value head of its own, at least.
      const std::string heads = kind.name;
      if (mesh.tp == 4 && heads != "learned" && heads != "twins" && heads != "window" &&
          heads != "nine_heads")
        continue;
      out.emplace_back(kind, mesh);
    }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Meshes, MeshGeneration, ::testing::ValuesIn(cases()),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).name) + "_" +
                                  std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace tessera::testing
