// A training state made by PyTorch (tests/golden/make_train.py): a tiny model's parameters,
// batches, and what came of them in ten steps of f64.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/config/parse.h"
#include "framework/formats/safetensors_reader.h"
#include "framework/train/model_learner.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/places.h"

namespace tessera::testing {

class GoldenState {
 public:
  static constexpr int64_t kSteps = 10, kSequences = 3;

  explicit GoldenState(const std::string& name)
      : name_(name), file_(source_dir() + "/tests/golden/train/" + name + ".safetensors") {}

  /// The file's model and optimizer.
  Config config(std::vector<std::string> sets = {}) const {
    const bool bert = file_.contains("batch/lengths");
    sets.insert(sets.begin(),
                {"batch.sequences=3", "train.steps=10 steps", "evaluate.every=0 steps",
                 bert ? "data.sentence_pairs=true" : "data.documents=stream"});
    if (bert) sets.insert(sets.begin(), "data.mask_rate=25%");  // four positions of sixteen
    return parse_config(shipped_models().kinds(), file_.metadata().at("config"), name_, sets);
  }
  template <typename T>
  std::vector<T> values(const std::string& name) const {
    std::vector<T> out(static_cast<size_t>(file_.type(name).numel()));
    check(sizeof(T) == size_of(file_.type(name).dtype), "'{}' read as another type", name);
    file_.read(name, out.data());
    return out;
  }
  /// The names behind "PREFIX/".
  std::vector<std::string> names(const std::string& prefix) const {
    std::vector<std::string> out;
    for (const SafetensorsEntry& entry : file_.tensors())
      if (entry.name.starts_with(prefix + "/")) out.push_back(entry.name.substr(prefix.size() + 1));
    return out;
  }

  /// The batch of a step, cut into `parts` of equal numbers of sequences.
  std::vector<Feed> feeds(int64_t step, int64_t parts) const {
    std::vector<Feed> out(static_cast<size_t>(parts));
    for (const std::string& name : names("batch")) {
      const bool real = file_.type("batch/" + name).dtype == DType::f32;
      const bool renamed = name == "tokens" || name == "segments";
      const std::string input = renamed ? name + "_in" : name;
      for (int64_t i = 0; i < parts; ++i) {
        Feed& feed = out[static_cast<size_t>(i)];
        if (real)
          feed.reals.emplace_back(input, cut<float>(name, step, i, parts));
        else
          feed.integers.emplace_back(input, cut<int32_t>(name, step, i, parts));
      }
    }
    const auto weights = cut<float>("weights", step, 0, 1);
    float count = 0;
    for (float w : weights) count += w;
    const Shape shape = file_.type("batch/tokens").shape;
    for (Feed& feed : out) {
      feed.reals.push_back({"count", {count}});
      if (file_.contains("batch/next_sentence")) {
        feed.reals.push_back(
            {"next_weights", std::vector<float>(static_cast<size_t>(shape[1] / parts), 1.0F)});
        feed.reals.push_back({"sequences", {static_cast<float>(shape[1])}});
      }
      if (file_.contains("batch/lengths")) continue;
      std::vector<int32_t> positions(static_cast<size_t>(shape[1] / parts * shape[2]));
      for (size_t i = 0; i < positions.size(); ++i)
        positions[i] = static_cast<int32_t>(i % static_cast<size_t>(shape[2]));
      feed.integers.emplace_back("positions_in", std::move(positions));
    }
    return out;
  }

  /// The learner of `config` with the file's parameters and batches.
  std::unique_ptr<ModelLearner> learner(const Config& config, const DeviceProfile& profile) const {
    LearnerData data;
    data.vocab = *config.model.vocab;
    data.batches = std::make_unique<Recorded>(*this, config.batch.accumulate);
    auto out = std::make_unique<ModelLearner>(shipped_models(), config, std::move(data),
                                              host_device(profile));
    out->initialize();
    for (const Parameter& p : out->parameters()) {
      const auto initial = values<float>("param/" + p.name);
      out->session().upload(out->session().state(p.name), initial);
    }
    if (config.precision.compute == DType::bf16) out->session().run("refresh");
    return out;
  }

 private:
  class Recorded : public Batches {
   public:
    Recorded(const GoldenState& golden, int64_t parts) : golden_(golden), parts_(parts) {}
    std::vector<Feed> update(int64_t first_sample, const BatchRows&) const override {
      return golden_.feeds(first_sample / kSequences, parts_);
    }
    EvaluationBatch evaluation(int64_t) const override { return {}; }
    int64_t evaluation_batches() const override { return 0; }
    std::vector<std::string> identity(int64_t, int64_t) const override { return {}; }

   private:
    const GoldenState& golden_;
    int64_t parts_;
  };

  template <typename T>
  std::vector<T> cut(const std::string& name, int64_t step, int64_t part, int64_t parts) const {
    const auto all = values<T>("batch/" + name);
    const size_t size = all.size() / kSteps / static_cast<size_t>(parts);
    const size_t begin = (static_cast<size_t>(step * parts + part)) * size;
    return {all.begin() + static_cast<std::ptrdiff_t>(begin),
            all.begin() + static_cast<std::ptrdiff_t>(begin + size)};
  }

  std::string name_;
  SafetensorsReader file_;
};

}  // namespace tessera::testing
