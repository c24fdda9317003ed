#include "models/layout.h"

namespace tessera {

ModelLayout bert_layout(const Config& config) {
  ModelLayout out = transformer_layout(config);
  out.parameters.push_back({"mlm.bias", "[tp]"});
  for (const char* input : {"segments_in", "masked_positions"})
    out.values.push_back({input, "[dp, _]"});
  for (const char* input : {"lengths", "next_sentence", "next_weights"})
    out.values.push_back({input, "[dp]"});
  return out;
}

}  // namespace tessera
