#include "models/outside_model.h"

#include <algorithm>
#include <array>

#include "framework/config/parse.h"
#include "framework/config/resolved_model.h"
#include "framework/config/value.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"
#include "framework/formats/gguf_file.h"
#include "framework/formats/tensor_files.h"
#include "models/outside_config.h"
#include "models/outside_words.h"
#include "models/rope_factors.h"

namespace tessera {

namespace fs = std::filesystem;

namespace {

constexpr auto kWeights =
    std::to_array<const char*>({"model.safetensors", "model.safetensors.index.json",
                                "pytorch_model.bin", "pytorch_model.bin.index.json"});

bool is_gguf(const fs::path& path) {
  std::error_code error;
  return path.extension() == ".gguf" && fs::is_regular_file(path, error);
}

/// The metadata of a GGUF file that are no lists, by key, and the rows of the vocabulary.
nlohmann::ordered_json json_of(const GgufFile& file) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  const GgufMetadata& keys = file.metadata();
  for (const std::string& key : keys.keys()) {
    const std::string type = keys.type(key);
    if (type.starts_with("list")) continue;
    if (type == "text")
      out[key] = keys.text(key);
    else if (type == "flag")
      out[key] = keys.flag(key);
    else if (type.starts_with('f'))
      // The shortest number that is this one in f32: 1e-5, not 9.99999974737875e-06.
      out[key] = type == "f32" ? std::stod(fmt::format("{}", static_cast<float>(keys.real(key))))
                               : keys.real(key);
    else
      out[key] = keys.integer(key);
  }
  if (const std::string name = "token_embd.weight"; file.contains(name))
    out[keys.text("general.architecture") + ".vocab_size"] = file.tensor(name).shape.at(0);
  return out;
}

const OutsideFamily& gguf_family(const std::string& architecture, const std::string& where) {
  std::string known;
  for (const OutsideFamily* family : outside_families()) {
    if (!family->gguf) continue;
    if (family->model_type == architecture) return *family;
    known += (known.empty() ? "" : ", ") + std::string(family->model_type);
  }
  user_error("{}: general.architecture is '{}'; Tessera reads {} from GGUF files", where,
             architecture, known);
}

/// The class that the config names, if the family has it.
const OutsideClass* class_of(const OutsideFamily& family, const nlohmann::ordered_json& config) {
  const auto names = config.find("architectures");
  if (names == config.end() || !names->is_array() || names->size() != 1 ||
      !names->at(0).is_string())
    return nullptr;
  return family.find_class(names->at(0).get<std::string>());
}

/// The names of labels by their numbers; none where id2label names none.
std::vector<std::string> labels_in(const nlohmann::ordered_json& config) {
  std::vector<std::string> labels;
  const auto names = config.find("id2label");
  if (names == config.end() || !names->is_object()) return labels;
  for (size_t i = 0; i < names->size(); ++i) {
    const auto name = names->find(std::to_string(i));
    if (name == names->end() || !name->is_string()) return {};
    labels.push_back(name->get<std::string>());
  }
  return labels;
}

}  // namespace

std::vector<Parameter> parameters_of(const Models& models, const Config& config, int64_t vocab) {
  Graph graph("parameters");
  return models.of(config).build(graph, config, {.vocab = vocab});
}

bool OutsideModel::is_at(const fs::path& path) {
  std::error_code error;
  return is_gguf(path) || fs::is_regular_file(path / "config.json", error) ||
         std::ranges::any_of(
             kWeights, [&](const char* name) { return fs::is_regular_file(path / name, error); });
}

OutsideModel::OutsideModel(const Models& models, const fs::path& path)
    : models_(&models), path_(path) {
  if (is_gguf(path)) {
    auto file = std::make_shared<GgufFile>(path);
    family_ = &gguf_family(file->metadata().text("general.architecture"), path.string());
    original_ = json_of(*file);
    file_ = std::move(file);
    names_ = outside_names(*family_, *file_);
    settings_ = settings_of(*family_, original_, path.string(), names_);
    read_rope_factors();
    notes_ = names_.notes;
    return;
  }
  const fs::path file = path / "config.json";
  std::error_code error;
  require(fs::is_regular_file(file, error),
          "{}: there are weights, but no config.json, which says what model they are of",
          path.string());
  original_ = parse_ordered_json_object(whole_text(file), file.string());
  file_ = open_tensor_files(path);
  family_ = &family_of(original_, file.string(), *file_);
  names_ = outside_names(*family_, *file_);
  settings_ = settings_of(*family_, original_, file.string(), names_);
  notes_ = names_.notes;
  notes_.insert(notes_.end(), settings_.notes.begin(), settings_.notes.end());
}

void OutsideModel::read_rope_factors() {
  const std::string name(family_->rope_factors);
  if (name.empty() || !names_.in_file.contains(name)) return;
  const std::string where = path_.string() + ": " + name;
  const Shape& shape = file_->tensor(names_.in_file.at(name)).shape;
  const int64_t width = with_model_resolved(config({})).model.head_dim.value_or(0);
  require(shape.size() == 1 && shape[0] == width / 2,
          "{}: it has the shape {}, and each head has {} pairs", where, to_string(shape),
          width / 2);
  std::vector<float> factors(static_cast<size_t>(shape[0]));
  file_->read(names_.in_file.at(name), 0, factors);
  std::vector<std::string> sets =
      settings_of_rope_factors(factors, config({}).model.rope_base, where);
  if (sets.empty()) return;
  std::vector<std::string>& all = settings_.sets;
  const auto plain = std::ranges::find(all, "model.rope_scaling=none");
  require(plain != all.end(),
          "{}: it scales rotary positions, and so does the metadata; Tessera computes one of both",
          where);
  all.erase(plain);
  all.insert(all.end(), sets.begin(), sets.end());
}

Config OutsideModel::config(std::span<const std::string> sets) const {
  std::vector<std::string> all = settings_.sets;
  const std::string source = path_.filename().string();
  const auto parsed = [&] { return parse_config(models_->kinds(), "", source, all); };
  all.insert(all.end(), {"mesh.dp=1", "mesh.tp=1"});
  try {
    constexpr int64_t kUsualLength = 1024;
    all.push_back(fmt::format("batch.length={}", std::min(parsed().model.context, kUsualLength)));
  } catch (const UserError& error) {
    user_error("{}: Tessera cannot compute this model: {}",
               (is_gguf(path_) ? path_ : path_ / "config.json").string(),
               in_their_words(settings_, error.what()));
  }
  all.insert(all.end(), sets.begin(), sets.end());
  return parsed();
}

std::unique_ptr<OutsideSource> OutsideModel::tensors(const Config& config, int64_t used) const {
  Config own = this->config({});
  check(own.model.vocab.has_value(), "a config of {} without a vocabulary", path_.string());
  Config sized = own;
  sized.task = config.task;
  const OutsideSizes sizes = outside_sizes(sized, *own.model.vocab);
  own.model.vocab = config.model.vocab;
  own.model.context = config.model.context;
  own.batch.length = 1;
  const OutsideClass* kind = class_of(*family_, original_);
  std::vector<Parameter> parameters = parameters_of(*models_, own, used);
  const std::vector<Parameter> head = head_in_file(config, parameters, kind, sizes, used);
  parameters.insert(parameters.end(), head.begin(), head.end());
  return std::make_unique<OutsideSource>(
      file_, *family_, names_,
      outside_parts(*family_, head.empty() ? nullptr : kind, parameters, sizes), used);
}

std::vector<std::string> OutsideModel::labels() const {
  const OutsideClass* kind = class_of(*family_, original_);
  for (const OutsideTensor& row : kind ? kind->tensors : std::vector<OutsideTensor>()) {
    const auto found = names_.in_file.find(std::string(row.theirs));
    if (row.ours != "classifier.weight" || found == names_.in_file.end()) continue;
    const Shape& shape = file_->tensor(found->second).shape;
    const size_t count = shape.empty() ? 0 : static_cast<size_t>(shape[0]);
    const auto problem = original_.find("problem_type");
    if (problem != original_.end() && !problem->is_null() &&
        *problem != "single_label_classification")
      user_error(
          "{}: problem_type is {}; Tessera tells one label of several "
          "(single_label_classification) alone",
          (path_ / "config.json").string(), problem->dump());
    std::vector<std::string> labels = labels_in(original_);
    if (labels.size() == count) return labels;
    labels.clear();
    for (size_t i = 0; i < count; ++i) labels.push_back(fmt::format("LABEL_{}", i));
    return labels;
  }
  return {};
}

std::vector<std::string> OutsideModel::task_settings(const std::vector<std::string>& labels) {
  if (labels.empty()) return {};
  return {"task.type=classify", "task.labels=" + value_text(labels), "data.train=none",
          "evaluate.every=0 steps"};
}

std::vector<Parameter> OutsideModel::head_in_file(const Config& config,
                                                  const std::vector<Parameter>& body,
                                                  const OutsideClass* kind,
                                                  const OutsideSizes& sizes, int64_t used) const {
  std::vector<Parameter> out;
  if (config.task.type == TaskConfig::Type::pretrain) return out;
  const bool same_labels = labels() == config.task.labels;
  for (const Parameter& p : parameters_of(*models_, config, used)) {
    const auto is_it = [&](const Parameter& other) { return other.name == p.name; };
    if (std::ranges::any_of(body, is_it) || (p.name.starts_with("classifier.") && !same_labels))
      continue;
    const std::optional<OutsidePart> part = outside_part(*family_, kind, p, sizes);
    if (!part) continue;
    const auto found = names_.in_file.find(part->theirs);
    if (found != names_.in_file.end() && file_->tensor(found->second).shape == part->view.theirs)
      out.push_back(p);
  }
  return out;
}

}  // namespace tessera
