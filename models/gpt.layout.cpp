#include "models/layout.h"

namespace tessera {

ModelLayout gpt_layout(const Config& config) {
  ModelLayout out = transformer_layout(config);
  if (!config.model.tied_head) out.parameters.push_back({"head.weight", "[tp, _]"});
  out.values.push_back({"positions_in", "[dp, _]"});
  if (config.data.documents == DataConfig::Documents::packed)
    out.values.push_back({"documents", "[dp, _]"});
  return out;
}

}  // namespace tessera
