#include "models/layout.h"

namespace tessera {

ModelLayout gpt_layout(const Config& config) {
  ModelLayout out = transformer_layout(config);
  out.parameters.push_back({"head.weight", "[tp, _]"});
  out.values.push_back({"positions_in", "[dp, _]"});
  out.values.push_back({"documents", "[dp, _]"});
  return out;
}

}  // namespace tessera
