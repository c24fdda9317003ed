// A model of another program on a mesh: each rank reads the numbers of its own boxes and no others.
#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "framework/formats/tensor_files.h"
#include "framework/train/generator.h"
#include "framework/train/held_state.h"
#include "models/outside_model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/family_golden.h"

namespace tessera::testing {
namespace {

/// Counts the numbers that are read.
class CountedFile : public ForeignTensors {
 public:
  explicit CountedFile(std::shared_ptr<const ForeignTensors> file) : file_(std::move(file)) {}

  std::string title() const override { return file_->title(); }
  std::vector<std::string> names() const override { return file_->names(); }
  bool contains(const std::string& name) const override { return file_->contains(name); }
  const ForeignTensor& tensor(const std::string& name) const override {
    return file_->tensor(name);
  }
  void read(const std::string& name, int64_t first, std::span<float> out) const override {
    numbers += std::ssize(out);
    file_->read(name, first, out);
  }

  mutable int64_t numbers = 0;

 private:
  std::shared_ptr<const ForeignTensors> file_;
};

class OutsideReading : public ::testing::TestWithParam<const char*> {};

TEST_P(OutsideReading, ARankReadsItsBoxesAlone) {
  const OutsideModel model(shipped_models(), family_folder(GetParam()));
  Config config = model.config({});
  const int64_t vocab = model.rows();
  const auto parameters = parameters_of(shipped_models(), config, vocab);
  int64_t all = 0;
  for (const Parameter& p : parameters) all += numel(p.own_shape());
  config.mesh.dp = 1;
  config.mesh.tp = 2;
  config.mesh.pads_vocab = true;
  set_thread_count(1);
  std::vector<int64_t> read(2);
  run_threads(2, [&](World& world) {
    const auto file = std::make_shared<CountedFile>(open_tensor_files(family_folder(GetParam())));
    OutsideSource source(
        file, model.family(), outside_names(model.family(), *file),
        outside_parts(model.family(), nullptr, parameters, outside_sizes(model.config({}), vocab)),
        vocab);
    file->numbers = 0;
    const Replica replica(mesh_of(config), &world);
    Generator generator(shipped_models(), config, vocab, host_device(device()),
                        {.rows = 2, .positions = 8, .prompt = 4}, replica);
    generator.load(source);
    int64_t own = 0;
    for (const State& state : generator.session().compiled().program.states())
      if (state.kind == StateKind::parameter)
        if (const auto part =
                intersect(box_held(state, replica.place()), Box::whole(whole_type(state).shape)))
          own += part->numel();
    EXPECT_EQ(file->numbers, own);
    read[static_cast<size_t>(world.rank())] = own;
  });
  // Matrices are halved; norms, biases of rows and learned positions are whole on both.
  EXPECT_LT(std::max(read[0], read[1]), all * 7 / 10);
  EXPECT_GE(read[0] + read[1], all);
}

INSTANTIATE_TEST_SUITE_P(Models, OutsideReading, ::testing::Values("gpt2", "llama", "qwen2"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tessera::testing
