// A model of another program on a mesh: each rank reads the numbers of its own boxes and no others.
#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "framework/formats/gguf_file.h"
#include "framework/formats/tensor_files.h"
#include "framework/train/generator.h"
#include "framework/train/held_state.h"
#include "models/outside_model.h"
#include "tests/host_device.h"
#include "tests/launch/reference_models.h"
#include "tests/models/device.h"

namespace tessera {
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

/// Holds what two ranks read of a model against the boxes that they hold.
void reads_its_boxes_alone(const fs::path& path) {
  const OutsideModel model(shipped_models(), path);
  const auto opened = [&]() -> std::shared_ptr<const ForeignTensors> {
    if (path.extension() == ".gguf") return std::make_shared<GgufFile>(path);
    return open_tensor_files(path);
  };
  Config config = model.config({});
  const int64_t vocab = model.rows();
  const auto parameters = parameters_of(shipped_models(), config, vocab);
  int64_t all = 0;
  for (const Parameter& p : parameters) all += numel(p.own_shape());
  config.mesh.tp = 2;
  config.mesh.pads_vocab = true;
  config = of_replica(config);
  set_thread_count(1);
  std::vector<int64_t> read(2);
  run_threads(2, [&](World& world) {
    const auto file = std::make_shared<CountedFile>(opened());
    OutsideSource source(
        file, model.family(), outside_names(model.family(), *file),
        outside_parts(model.family(), nullptr, parameters, outside_sizes(model.config({}), vocab)),
        vocab);
    file->numbers = 0;
    const Replica replica(mesh_of(config), &world);
    Generator generator(shipped_models(), config, vocab, host_device(testing::device()),
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

using OutsideReading = ReferenceModels;

TEST_F(OutsideReading, ARankReadsItsBoxesAlone) {
  for (const char* name : {"gpt2", "llama", "qwen2"}) reads_its_boxes_alone(family(name));
}

TEST_F(OutsideReading, ARankReadsItsBoxesOfAGgufAlone) {
  for (const char* model : {kGpt, kLlama}) {
    const TemporaryFolder folder;
    make_run(model);
    const fs::path file = folder / "my.gguf";
    good({"export", path("run"), "--as", "gguf", "--out", file.string()});
    reads_its_boxes_alone(file);
    for (const char* made : {"tok", "shards", "run"}) fs::remove_all(folder_ / made);
  }
}

}  // namespace
}  // namespace tessera
