#include "models/bert.h"

namespace tessera {

ModelLayout bert_encoder_layout(const Config& config) {
  ModelLayout out = transformer_layout(config);
  if (bert_keys(config).segment_count() > 0) out.values.push_back({"segments_in", "[dp, _]"});
  return out;
}

ModelLayout bert_layout(const Config& config) {
  const BertKeys keys = bert_keys(config);
  ModelLayout out = bert_encoder_layout(config);
  if (keys.masked_head) {
    for (const char* input : {"labels", "weights", "masked_positions"})
      out.values.push_back({input, "[dp, _]"});
    if (config.model.bias == ModelConfig::Bias::all) out.parameters.push_back({"mlm.bias", "[tp]"});
  }
  out.values.push_back({"lengths", "[dp]"});
  if (keys.next_sentence)
    for (const char* input : {"next_sentence", "next_weights"})
      out.values.push_back({input, "[dp]"});
  return out;
}

}  // namespace tessera
