#include "models/layout.h"

namespace tessera {

ModelLayout transformer_layout(const Config& config) {
  const std::string residual = config.mesh.sequence_parallel ? "[dp, tp, _]" : "[dp, _, _]";
  ModelLayout out{.parameters = {{"tokens", "[tp, _]"},
                                 {"layer.*.attention.q.weight", "[tp, _, _]"},
                                 {"layer.*.attention.k.weight", "[tp, _, _]"},
                                 {"layer.*.attention.v.weight", "[tp, _, _]"},
                                 {"layer.*.attention.out.weight", "[_, tp, _]"},
                                 {"layer.*.mlp.up.weight", "[tp, _]"},
                                 {"layer.*.mlp.down.weight", "[_, tp]"}},
                  .values = {{"tokens_in", "[dp, _]"},
                             {"*.embedded", residual},
                             {"*.layer.*.attention.out", residual},
                             {"*.layer.*.mlp.down", residual}}};
  const bool gated = config.model.activation == ModelConfig::Activation::silu_gated;
  if (gated) out.parameters.push_back({"layer.*.mlp.gate.weight", "[tp, _]"});
  if (config.model.bias == ModelConfig::Bias::none) return out;
  for (const char* projection : {"q", "k", "v"})
    out.parameters.push_back({std::string("layer.*.attention.") + projection + ".bias", "[tp, _]"});
  if (config.model.bias == ModelConfig::Bias::qkv) return out;
  out.parameters.push_back({"layer.*.mlp.up.bias", "[tp]"});
  if (gated) out.parameters.push_back({"layer.*.mlp.gate.bias", "[tp]"});
  return out;
}

}  // namespace tessera
