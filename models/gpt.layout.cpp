#include "models/layout.h"

namespace tessera {

ModelLayout gpt_trunk_layout(const Config& config) { return transformer_layout(config); }

ModelLayout gpt_layout(const Config& config) {
  ModelLayout out = gpt_trunk_layout(config);
  for (const char* input : {"labels", "weights"}) out.values.push_back({input, "[dp, _]"});
  if (!config.model.tied_head) out.parameters.push_back({"head.weight", "[tp, _]"});
  out.values.push_back({"positions_in", "[dp, _]"});
  if (config.data.documents == DataConfig::Documents::packed)
    out.values.push_back({"documents", "[dp, _]"});
  return out;
}

}  // namespace tessera
