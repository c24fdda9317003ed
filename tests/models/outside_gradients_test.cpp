// One training step of models as transformers writes them: the loss and the gradient of every
// parameter are those of PyTorch in f64 (tests/golden/families/make_gradients).
#include <gtest/gtest.h>

#include "framework/core/json.h"
#include "framework/formats/safetensors_tensors.h"
#include "models/outside_model.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/family_golden.h"
#include "tests/models/first_step.h"

namespace tessera::testing {
namespace {

// In units of the largest element of a gradient.
constexpr double kBound = 1e-5;

class OutsideGradients : public ::testing::TestWithParam<const char*> {
 protected:
  const OutsideModel model_{shipped_models(), family_folder(GetParam())};
  const std::shared_ptr<const SafetensorsTensors> golden_ =
      std::make_shared<const SafetensorsTensors>(family_folder("gradients") + "/" + GetParam() +
                                                 ".safetensors");
  const nlohmann::json batch_ = nlohmann::json::parse(golden_->metadata().at("batch"));
  const Config config_ = config();
  const std::vector<Parameter> parameters_ =
      parameters_of(shipped_models(), config_, model_.rows());

  size_t size(const char* name) const { return batch_.at(name).size(); }

  Config config() const {
    const int64_t length = std::stoll(golden_->metadata().at("length"));
    const int64_t rows = static_cast<int64_t>(size("tokens_in")) / length;
    std::vector<std::string> sets{fmt::format("batch.sequences={}", rows),
                                  fmt::format("batch.length={}", length), "model.dropout=0",
                                  "model.attention_dropout=0"};
    const auto task = model_.task_settings();
    sets.insert(sets.end(), task.begin(), task.end());
    if (!task.empty()) return model_.config(sets);
    if (batch_.contains("masked_positions"))
      sets.push_back(fmt::format("data.mask_rate={}", static_cast<double>(size("labels")) /
                                                          static_cast<double>(rows * length)));
    else
      sets.push_back("data.documents=stream");
    return model_.config(sets);
  }

  Feed feed() const {
    Feed feed;
    for (const auto& [name, values] : batch_.items())
      if (name != "weights") feed.integers.emplace_back(name, values.get<std::vector<int32_t>>());
    const auto weights = batch_.at("weights").get<std::vector<float>>();
    feed.reals.emplace_back("weights", weights);
    feed.reals.emplace_back("count",
                            std::vector{std::accumulate(weights.begin(), weights.end(), 0.0F)});
    if (batch_.contains("next_sentence")) {
      const auto rows = static_cast<size_t>(config_.batch.sequences);
      feed.reals.emplace_back("next_weights", std::vector<float>(rows, 1.0F));
      feed.reals.emplace_back("sequences", std::vector{static_cast<float>(rows)});
    }
    if (config_.model.positions == ModelConfig::Positions::rotary) {
      std::vector<int32_t> places(size("tokens_in"));
      for (size_t i = 0; i < places.size(); ++i)
        places[i] = static_cast<int32_t>(i % static_cast<size_t>(config_.sequence_length()));
      feed.integers.emplace_back("positions_in", std::move(places));
    }
    return feed;
  }

  Tensors read(TensorSource& source) const {
    Tensors out;
    for (const Parameter& p : parameters_) {
      Tensor& tensor = out[p.name] = Tensor(TensorType{DType::f32, p.shape});
      source.read(p.name, Box::whole(p.shape), tensor.bytes());
    }
    return out;
  }

  void compare(const std::string& backend, const DeviceProfile& profile) const {
    const Tensors due = gradients();
    const Tensors out =
        first_step(config_, read(*model_.tensors(config_, model_.rows())), feed(), profile);
    const double loss = std::stod(golden_->metadata().at("loss"));
    ErrorTable table(fmt::format("{} on {}", GetParam(), backend), kBound);
    table.add("loss", std::abs(out.at("loss").item() - loss) / loss);
    for (const auto& [name, gradient] : due) {
      const auto got = out.at("grad/" + name).values();
      // Without rotary positions, softmax does not see the bias of keys: its true gradient is 0.
      const bool vanishes = name.ends_with("attention.k.bias") &&
                            config_.model.positions == ModelConfig::Positions::learned;
      table.add(name, vanishes ? worst_error(got, std::vector<float>(got.size(), 0.0F))
                               : worst_error(got, gradient.values()));
    }
  }

  /// The gradients lie as the parameters that they belong to.
  Tensors gradients() const {
    const OutsideNames names = outside_names(model_.family(), *golden_);
    OutsideSource source(
        golden_, model_.family(), names,
        outside_parts(model_.family(),
                      model_.family().find_class(
                          model_.original().at("architectures").at(0).get<std::string>()),
                      parameters_, outside_sizes(config_, model_.rows())),
        model_.rows());
    return read(source);
  }
};

TEST_P(OutsideGradients, AreThoseOfPyTorchOnReference) { compare("reference", reference_device()); }

TEST_P(OutsideGradients, AreThoseOfPyTorchOnCpu) { compare("cpu", device()); }

INSTANTIATE_TEST_SUITE_P(All, OutsideGradients,
                         ::testing::Values("llama-linear", "llama-llama3", "llama-yarn", "mistral",
                                           "qwen2", "roberta", "bert-pretraining", "distilbert",
                                           "distilbert-classifier"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tessera::testing
