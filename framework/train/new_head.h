// NewHead: what a task does not take from the model that a run begins with: the parameters of its
// own head, which begin as drawn, and the tensors of other heads, which have no place.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "models/model.h"

namespace tessera {

struct NewHead {
  std::set<std::string> fresh, left;

  /// Lines for the user; none where nothing is new.
  std::vector<std::string> text() const;
};

/// What of `wanted`, by the model's row, is drawn since `source` does not have it or has it in
/// another shape, and what of `source` is left out.
/// A head of labels that are others than `config`'s is drawn, too.
NewHead new_head(const ModelDef& model, const Config& config, const TensorSource& source,
                 const std::vector<WantedTensor>& wanted);

}  // namespace tessera
