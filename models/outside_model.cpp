#include "models/outside_model.h"

#include <algorithm>
#include <array>

#include "framework/config/parse.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"
#include "framework/formats/tensor_files.h"
#include "models/outside_config.h"

namespace tessera {

namespace fs = std::filesystem;

namespace {

constexpr auto kWeights =
    std::to_array<const char*>({"model.safetensors", "model.safetensors.index.json",
                                "pytorch_model.bin", "pytorch_model.bin.index.json"});

}  // namespace

std::vector<Parameter> parameters_of(const Models& models, const Config& config, int64_t vocab) {
  Graph graph("parameters");
  return models.of(config).build(graph, config, {.vocab = vocab});
}

bool OutsideModel::is_at(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path / "config.json", error) ||
         std::ranges::any_of(
             kWeights, [&](const char* name) { return fs::is_regular_file(path / name, error); });
}

OutsideModel::OutsideModel(const Models& models, const fs::path& path)
    : models_(&models), path_(path) {
  const fs::path file = path / "config.json";
  std::error_code error;
  require(fs::is_regular_file(file, error),
          "{}: there are weights, but no config.json, which says what model they are of",
          path.string());
  original_ = parse_ordered_json_object(whole_text(file), file.string());
  file_ = open_tensor_files(path);
  family_ = &family_of(original_, file.string(), *file_);
  names_ = outside_names(*family_, *file_);
  OutsideSettings settings = settings_of(*family_, original_, file.string(), names_);
  settings_ = std::move(settings.sets);
  notes_ = names_.notes;
  notes_.insert(notes_.end(), settings.notes.begin(), settings.notes.end());
}

Config OutsideModel::config(std::span<const std::string> sets) const {
  std::vector<std::string> all = settings_;
  const std::string source = path_.filename().string();
  const auto parsed = [&] { return parse_config(models_->kinds(), "", source, all); };
  all.insert(all.end(), {"mesh.dp=1", "mesh.tp=1"});
  try {
    constexpr int64_t kUsualLength = 1024;
    all.push_back(fmt::format("batch.length={}", std::min(parsed().model.context, kUsualLength)));
  } catch (const UserError& error) {
    user_error("{}: Tessera cannot compute this model: {}", path_.string(), error.what());
  }
  all.insert(all.end(), sets.begin(), sets.end());
  return parsed();
}

std::unique_ptr<OutsideSource> OutsideModel::tensors(const Config& config, int64_t used) const {
  const Config own = this->config({});
  check(own.model.vocab.has_value(), "a config of {} without a vocabulary", path_.string());
  return std::make_unique<OutsideSource>(
      file_, *family_, names_,
      outside_parts(*family_, parameters_of(*models_, config, used),
                    outside_sizes(own, *own.model.vocab)),
      used);
}

}  // namespace tessera
