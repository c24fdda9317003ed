// How each model's tensors lie on a mesh: the only thing that is said about parallel training, by
// name. Everything else is derived from it by shard and partition. Axes: dp splits the batch, tp
// the heads, the MLP and the vocabulary. A layout has notes for what the config's model has, and no
// others: a note that fits nothing is an error, since it is most likely a slip.
#pragma once

#include <vector>

#include "framework/config/config.h"
#include "framework/mesh/layout_note.h"

namespace tessera {

struct ModelLayout {
  std::vector<LayoutNote> parameters;  // notes by parameter; a parameter without a note is whole
  /// Notes by data input, or by the path of a value that is to be in this layout.
  std::vector<LayoutNote> values;
};

ModelLayout gpt_layout(const Config& config);
ModelLayout bert_layout(const Config& config);

/// The layout of the blocks of both models. With mesh.sequence_parallel, what lies between
/// attention and MLP is split along the sequence over tp as well.
ModelLayout transformer_layout(const Config& config);

/// The layouts of what lies below the models' heads.
ModelLayout gpt_trunk_layout(const Config& config);
ModelLayout bert_encoder_layout(const Config& config);

}  // namespace tessera
