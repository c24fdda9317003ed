#include "models/layout.h"

namespace tessera {

ModelLayout bert_layout(bool sequence_parallel) {
  ModelLayout out = transformer_layout(sequence_parallel);
  out.parameters.push_back({"mlm.bias", "[tp]"});
  for (const char* input : {"segments_in", "masked_positions"})
    out.values.push_back({input, "[dp, _]"});
  for (const char* input : {"lengths", "next_sentence", "next_weights"})
    out.values.push_back({input, "[dp]"});
  return out;
}

}  // namespace tessera
