// Whole training steps on a device that the host cannot reach (far_device.h): the same bits as on
// the host, alone and on meshes; what is written to a checkpoint, generated and compared there is
// the same too.
#include "tests/models/far_device.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "framework/assembly/layouts.h"
#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "framework/train/completion.h"
#include "framework/verify/verify.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

constexpr int64_t kSteps = 3;

struct Case {
  const char* name;
  const char* text;
  Sets sets;
};

std::unique_ptr<ModelLearner> learner_on(const std::shared_ptr<Device>& device,
                                         const Config& config, World* world = nullptr) {
  LearnerData data;
  data.vocab = *config.model.vocab;
  data.batches = std::make_unique<ToyBatches>(config);
  return std::make_unique<ModelLearner>(shipped_models(), config, std::move(data), device, true,
                                        world);
}

struct Trained {
  std::vector<double> numbers;  // losses and norms
  std::vector<float> parameters;
  bool operator==(const Trained&) const = default;
};

Trained train_on(const std::shared_ptr<Device>& device, const Config& config) {
  Trained out;
  const auto steps = [&](World* world) {
    const auto learner = learner_on(device, config, world);
    const bool first = !world || world->rank() == 0;
    for (int64_t i = 0; i < kSteps; ++i) {
      const StepResult step = learner->step(i);
      if (first) out.numbers.insert(out.numbers.end(), {step.loss, step.grad_norm});
    }
    if (!first) return;
    for (const Parameter& p : learner->parameters()) {
      const auto state = learner->session().state<float>(p.name);
      out.parameters.insert(out.parameters.end(), state.begin(), state.end());
    }
  };
  const int64_t ranks = mesh_of(config).size();
  if (ranks == 1)
    steps(nullptr);
  else
    run_threads(static_cast<int>(ranks), [&](World& world) { steps(&world); });
  return out;
}

struct FarSteps : ::testing::TestWithParam<Case> {
  const int threads = thread_count();
  void SetUp() override { set_thread_count(1); }
  void TearDown() override { set_thread_count(threads); }
};

TEST_P(FarSteps, GiveTheHostsBits) {
  const Config config = toy_config(GetParam().text, GetParam().sets, {"model.vocab=64"});
  const auto far = std::make_shared<FarDevice>(device());
  const Trained there = train_on(far, config);
  EXPECT_EQ(there, train_on(host_device(device()), config));
  EXPECT_GT(far->put_off(), 100);
  EXPECT_EQ(far->put_off(), far->done());
}

INSTANTIATE_TEST_SUITE_P(
    Models, FarSteps,
    ::testing::Values(Case{"gpt", kToyGpt, {"model.dropout=0.1"}},
                      Case{"gpt_bf16", kToyGpt, {"precision.compute=bf16", "batch.accumulate=2"}},
                      Case{"gpt_dp2", kToyGpt, {"mesh.dp=2", "data_parallel.shard=parameters"}},
                      Case{"gpt_dp2_tp2",
                           kToyGpt,
                           {"mesh.dp=2", "mesh.tp=2", "mesh.sequence_parallel=true",
                            "batch.accumulate=2"}},
                      Case{"bert", kToyBert, {}}, Case{"bert_dp2", kToyBert, {"mesh.dp=2"}},
                      Case{"bert_tp2", kToyBert, {"mesh.tp=2", "precision.compute=bf16"}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(FarDevice, NobodyReadsItsMemoryAndStreamsPutWorkOff) {
  const auto far = std::make_shared<FarDevice>(device());
  Buffer buffer(*far, 100);
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  EXPECT_EQ(::write(pipe[1], buffer.data(), 1), -1);
  EXPECT_EQ(errno, EFAULT);
  ::close(pipe[0]);
  ::close(pipe[1]);
  const Stream stream(*far);
  int sent = 7, got = 0;
  stream.upload(buffer.data(), &sent, sizeof(sent));
  stream.copy(buffer.data() + 8, buffer.data(), sizeof(sent));
  sent = 8;  // the first has been taken already
  EXPECT_EQ(far->done(), 0);
  stream.download(&got, buffer.data() + 8, sizeof(got));
  EXPECT_EQ(got, 7);
  EXPECT_EQ(far->done(), 2);
}

TEST(FarDevice, ACheckpointGoesOutAndComesBack) {
  const Config config = toy_config(kToyGpt);
  const auto far = std::make_shared<FarDevice>(device());
  const auto folder = std::filesystem::path(::testing::TempDir()) / "far_device";
  std::filesystem::remove_all(folder);
  const auto there = learner_on(far, config);
  there->step(0);
  {
    CheckpointWriter writer(folder, 1);
    there->save(writer);
    CheckpointVerdicts verdicts;
    writer.commit("", "{}", 1, verdicts);
  }
  const auto here = learner_on(host_device(device()), config), again = learner_on(far, config);
  for (ModelLearner* learner : {here.get(), again.get()}) {
    CheckpointReader reader(folder / checkpoint_name(1));
    learner->load(reader);
  }
  const double loss = there->step(1).loss;
  EXPECT_EQ(here->step(1).loss, loss);
  EXPECT_EQ(again->step(1).loss, loss);
  const std::vector<int32_t> prompt{1, 2, 3};
  std::vector<std::vector<int32_t>> texts;
  for (const std::shared_ptr<Device>& device :
       {std::shared_ptr<Device>(far), host_device(testing::device())}) {
    Generator generator(shipped_models(), config, *config.model.vocab, device,
                        {.rows = 2, .positions = 15, .prompt = 3});
    CheckpointReader reader(folder / checkpoint_name(1));
    generator.load(reader);
    CompletionOptions options;
    options.most = 12;
    options.usable = *config.model.vocab;
    complete(generator, std::vector<std::vector<int32_t>>{prompt}, options,
             {.done = [&](size_t, const Completion& made) { texts.push_back(made.ids); }});
  }
  EXPECT_EQ(texts[0], texts[1]);
  std::filesystem::remove_all(folder);
}

/// Every value of a step is taken out, and put back in the place of its like.
TEST(FarDevice, ValuesAreComparedThere) {
  const Config one = toy_config(kToyGpt, {"model.vocab=64"});
  const Config two = toy_config(kToyGpt, {"model.vocab=64", "mesh.dp=2"});
  VerifyOptions options{.models = shipped_models()};
  options.device = std::make_shared<FarDevice>(device());
  options.data = [&] {
    LearnerData data;
    data.vocab = *one.model.vocab;
    data.batches = std::make_unique<ToyBatches>(one);
    return data;
  };
  const VerifyReport report = verify(one, two, options);
  EXPECT_EQ(report.found, 0) << fmt::format("{}", fmt::join(report.findings, "\n"));
  EXPECT_GT(report.kinds.at("activations").comparisons, 20);
}

}  // namespace
}  // namespace tessera::testing
