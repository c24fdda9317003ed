// probe: what a model computes for one text, at every position, by the plain graph of its config:
// no plan, no memory shared, and nothing but the model itself. Slow; for comparing a model with
// itself in another form.
#pragma once

#include <cstdint>
#include <span>

#include "framework/checkpoint/tensor_source.h"
#include "framework/runtime/evaluate.h"
#include "models/model.h"

namespace tessera {

/// The outputs of the evaluation graph for the sequence `tokens`, each position predicting the next
/// token, and beside them "logits" at every position, and "next_sentence" where the model has that
/// head. A classifier's "logits" are those of its labels. A model without a head gives "hidden", the
/// vectors of its tokens.
Tensors probe(const Models& models, Config config, TensorSource& source,
              std::span<const int32_t> tokens, const DeviceProfile& profile);

}  // namespace tessera
