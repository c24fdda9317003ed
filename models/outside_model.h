// OutsideModel: a model as another program left it, in a folder of Hugging Face's libraries or a
// GGUF file: its config and its tensors.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "models/model.h"
#include "models/outside_config.h"
#include "models/outside_source.h"

namespace tessera {

class OutsideModel {
 public:
  /// Whether `path` looks like a model of another program.
  static bool is_at(const std::filesystem::path& path);

  /// Reads the config and the names of the tensors. Throws UserError where the model is none of the
  /// families that Tessera knows.
  OutsideModel(const Models& models, const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const OutsideFamily& family() const { return *family_; }
  const nlohmann::ordered_json& original() const { return original_; }
  /// What the user should know.
  const std::vector<std::string>& notes() const { return notes_; }

  /// "model.hidden=64", …: the keys of the model.
  const std::vector<std::string>& settings() const { return settings_.sets; }
  /// The labels that a classifier tells, by their numbers: as many as its last layer has rows, and
  /// LABEL_0, LABEL_1, … where the config does not name them all. None where it is no classifier.
  std::vector<std::string> labels() const;
  /// Settings for `config` by which it tells these labels and needs no data; none where the model
  /// is no classifier.
  std::vector<std::string> task_settings() const { return task_settings(labels()); }
  static std::vector<std::string> task_settings(const std::vector<std::string>& labels);
  /// Rows of tokens that the file has.
  int64_t rows() const { return *config({}).model.vocab; }
  /// A config for the model, with usual values for what a model does not say; `sets` are overrides.
  Config config(std::span<const std::string> sets) const;

  /// The parameters of `config`, which may have more rows of tokens: those up to `used` are the mean
  /// of the others.
  std::unique_ptr<OutsideSource> tensors(const Config& config, int64_t used) const;

 private:
  /// Of a task's head, the parameters that the file has, too, in the same shape.
  std::vector<Parameter> head_in_file(const Config& config, const std::vector<Parameter>& body,
                                      const OutsideClass* kind, const OutsideSizes& sizes,
                                      int64_t used) const;

  /// Takes the scaling of rotary positions from the family's tensor of factors, where there is one.
  void read_rope_factors();

  const Models* models_;
  std::filesystem::path path_;
  std::shared_ptr<const ForeignTensors> file_;
  const OutsideFamily* family_ = nullptr;
  nlohmann::ordered_json original_;
  OutsideNames names_;
  OutsideSettings settings_;
  std::vector<std::string> notes_;
};

/// The parameters of a config's model; `vocab` stands in for model.vocab: auto.
std::vector<Parameter> parameters_of(const Models& models, const Config& config, int64_t vocab);

}  // namespace tessera
