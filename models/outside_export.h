// Out of Tessera: which class of other programs a model is, and their tensors put together from
// ours, one at a time.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/outside_source.h"

namespace tessera {

/// The class that a model is in other programs; none where `why_not` is not empty.
struct OutsideTarget {
  const OutsideFamily* family = nullptr;
  const OutsideClass* kind = nullptr;
  std::vector<std::string> why_not;  // of the family that comes nearest
};

/// `original` is the config that the model came with, whose class is preferred, or an empty object.
OutsideTarget outside_target(const Config& config, const nlohmann::ordered_json& original,
                             bool gguf = false);

/// "exports to GPT2LMHeadModel", or why not: one line for `plan` and the header of a run.
std::string outside_target_text(const Config& config);

/// A tensor of theirs and what it is made of.
struct OutsideTensorPlan {
  std::string name;       // as it is written
  std::string canonical;  // as in the family's table
  Shape shape;
  std::vector<OutsidePart> parts;
};

/// Their tensors for a model with `vocab` rows of tokens, in the order of our parameters.
std::vector<OutsideTensorPlan> outside_tensors(const OutsideTarget& target,
                                               const std::vector<Parameter>& parameters,
                                               const Config& config, int64_t vocab);

/// The numbers of one tensor of theirs.
std::vector<float> assembled(const OutsideTensorPlan& plan, TensorSource& source);

}  // namespace tessera
