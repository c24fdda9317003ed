// `tessera verify`: meshes that agree, and each planted fault found and named.
#include "framework/verify/verify.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "framework/assembly/device.h"
#include "framework/config/parse.h"
#include "launch/verify.h"
#include "models/random_batches.h"
#include "tests/launch/planted_fault.h"
#include "tests/launch/program.h"

namespace tessera {
namespace {

constexpr const char* kModel =
    "layers: 2, hidden: 32, heads: 4, context: 24, vocab: 64, init_std: 0.1, dropout: 0.1, "
    "attention_dropout: 0.1";
constexpr const char* kRest =
    "batch: {sequences: 4}\noptimizer: {lr: 3e-3}\nschedule: {type: constant}\n"
    "train: {steps: 10 steps}\nevaluate: {every: 0 steps}\ndevice: {threads: 1}\n";

std::string config_file(const std::string& type) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("verify-" + type + ".yaml");
  std::ofstream file(path);
  if (type == "gpt")
    file << "model: {type: gpt, " << kModel << "}\n" << kRest;
  else
    file << "model: {type: bert, activation: gelu_erf, next_sentence: true, " << kModel
         << "}\ndata: {mask_rate: 20%, sentence_pairs: true}\n"
         << kRest;
  return path.string();
}

using Words = std::vector<std::string>;

Words words_of(const std::string& type, const std::string& mesh, const Words& sets) {
  Words words{config_file(type), "--mesh", "1", "--mesh", mesh};
  for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
  return words;
}

ProgramRun verify(const std::string& type, const std::string& mesh, const Words& sets = {}) {
  Words words = words_of(type, mesh, sets);
  words.insert(words.begin(), "verify");
  return program(words);
}

void expect_in(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

struct Verify : ::testing::TestWithParam<std::string> {};

TEST_P(Verify, MeshesAgree) {
  const Words sequence{"mesh.sequence_parallel=true"};
  for (const auto& [mesh, sets] : std::vector<std::pair<std::string, Words>>{
           {"dp=2", {}},
           {"tp=2", {}},
           {"dp=2,tp=2", sequence},
           {"dp=2", {"data_parallel.shard=parameters"}},
           {"dp=2,tp=2", {"mesh.sequence_parallel=true", "precision.compute=bf16"}}}) {
    const ProgramRun run = verify(GetParam(), mesh, sets);
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    expect_in(run.out, "1 against " + mesh + ": the same over 2 steps, to rounding");
    for (const char* kind : {"\nactivations ", "\ngradients ", "\nupdates ", "\nstates "})
      expect_in(run.out, kind);
  }
}

/// Expects that verify finds one planted fault; `begin` and `inner` are the start and an inner part
/// of the first finding.
void expect_found(const std::string& type, const char* fault, const std::string& mesh,
                  const Words& sets, const std::string& begin, const std::string& inner) {
  const auto started = std::chrono::steady_clock::now();
  ::testing::internal::CaptureStdout();
  const int status = run_verify(words_of(type, mesh, sets), with_fault(fault));
  const std::string out = ::testing::internal::GetCapturedStdout();
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(60));
  EXPECT_EQ(status, 1) << fault << ": " << out;
  const size_t first = out.find('\n');
  ASSERT_NE(first, std::string::npos) << fault << ": " << out;
  const std::string finding = out.substr(first + 1, out.find('\n', first + 1) - first - 1);
  EXPECT_TRUE(finding.starts_with(begin)) << fault << ": " << finding;
  EXPECT_NE(finding.find(inner), std::string::npos) << fault << ": " << finding;
}

/// The parameter whose gradient a step sums first.
std::string first_gradient(const std::string& type) {
  return type == "gpt" ? "final_norm.gain.grad'" : "next_sentence.weight.grad'";
}

TEST_P(Verify, FindsADroppedAllReduce) {
  expect_found(GetParam(), "drop_all_reduce", "dp=2", {}, "step 1: '" + first_gradient(GetParam()),
               "made by all_reduce");
  expect_found(GetParam(), "drop_all_reduce:1", "tp=2", {}, "step 1: '" + GetParam() + ".",
               "ranks 0 and 1 of mesh tp=2 hold different copies");
}

TEST_P(Verify, FindsAWrongScale) {
  expect_found(GetParam(), "wrong_scale", "dp=2", {}, "step 1: '" + first_gradient(GetParam()),
               "made by all_reduce");
  expect_found(GetParam(), "wrong_scale:2", "tp=2", {"precision.compute=bf16"},
               "step 1: '" + GetParam() + ".", "the bound is");
}

TEST_P(Verify, FindsAStaleBucket) {
  expect_found(GetParam(), "stale_bucket", "dp=2", {}, "step 2: '", "(gradients, ");
  expect_found(GetParam(), "stale_bucket", "dp=2", {"data_parallel.shard=parameters"}, "step 2: '",
               "made by ");
}

TEST_P(Verify, FindsSwappedHeads) {
  for (const char* mesh : {"dp=2", "tp=2"})
    expect_found(GetParam(), "swap_heads:1", mesh, {},
                 "step 1: '" + GetParam() + ".layer.1.attention.q'", "made by linear");
}

TEST_P(Verify, FindsADroppedGather) {
  expect_found(GetParam(), "drop_gather", "tp=2", {"mesh.sequence_parallel=true"}, "step 1: '",
               "made by all_gather");
  expect_found(GetParam(), "drop_gather", "dp=2", {"data_parallel.shard=parameters"}, "step 1: '",
               "made by all_gather");
}

INSTANTIATE_TEST_SUITE_P(Models, Verify, ::testing::Values("gpt", "bert"),
                         [](const auto& info) { return info.param; });

TEST(VerifyVerb, RefusesWhatIsNoComparison) {
  const ProgramRun one = program({"verify", config_file("gpt"), "--mesh", "dp=2"});
  EXPECT_EQ(one.status, 2);
  expect_in(one.err, "verify: give two meshes to compare, such as --mesh 1 --mesh dp=2");
  const ProgramRun axis = verify("gpt", "pp=2");
  EXPECT_EQ(axis.status, 2);
  expect_in(axis.err, "--mesh pp=2: there is no axis 'pp'; write dp and tp");
  // These would not be compared although they were asked for.
  const ProgramRun set = verify("gpt", "dp=2", {"mesh.tp=2"});
  EXPECT_EQ(set.status, 2);
  expect_in(set.err, "--set mesh.tp=2: the meshes are those of --mesh; give it there");
  const ProgramRun sequence = verify("gpt", "dp=2", {"mesh.sequence_parallel=true"});
  EXPECT_EQ(sequence.status, 2);
  expect_in(sequence.err, "mesh.sequence_parallel = true has no effect with mesh.tp: 1");
}

TEST(VerifyVerb, CountsValuesOfAnotherTypeAsNotCompared) {
  Config a = load_config(shipped_models().kinds(), config_file("gpt")), b = a;
  a.mesh.dp = b.mesh.dp = a.mesh.tp = b.mesh.tp = 1;
  b.precision.compute = DType::bf16;
  VerifyOptions options{.models = shipped_models()};
  options.steps = 1;
  options.device = make_device(a.device);
  options.data = [&]() -> LearnerData {
    return {make_random_batches(shipped_models(), a, 64), 64, nullptr};
  };
  const auto retyped = [&](const Config& other) {
    for (const auto& [why, names] : verify(a, other, options).uncompared)
      if (why == "on mesh 1 they are of another type or shape than on 1") return names;
    return int64_t{0};
  };
  EXPECT_EQ(retyped(a), 0);
  EXPECT_GT(retyped(b), 10);  // activations at least
}

}  // namespace
}  // namespace tessera
