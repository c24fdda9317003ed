#include "models/layout.h"

namespace tessera {

ModelLayout transformer_layout(const Config& config) {
  const std::string residual = config.mesh.sequence_parallel ? "[dp, tp, _]" : "[dp, _, _]";
  return {.parameters = {{"tokens", "[tp, _]"},
                         {"layer.*.attention.q.weight", "[tp, _, _]"},
                         {"layer.*.attention.k.weight", "[tp, _, _]"},
                         {"layer.*.attention.v.weight", "[tp, _, _]"},
                         {"layer.*.attention.q.bias", "[tp, _]"},
                         {"layer.*.attention.k.bias", "[tp, _]"},
                         {"layer.*.attention.v.bias", "[tp, _]"},
                         {"layer.*.attention.out.weight", "[_, tp, _]"},
                         {"layer.*.mlp.up.weight", "[tp, _]"},
                         {"layer.*.mlp.gate.weight", "[tp, _]"},
                         {"layer.*.mlp.up.bias", "[tp]"},
                         {"layer.*.mlp.gate.bias", "[tp]"},
                         {"layer.*.mlp.down.weight", "[_, tp]"}},
          .values = {{"tokens_in", "[dp, _]"},
                     {"labels", "[dp, _]"},
                     {"weights", "[dp, _]"},
                     {"*.embedded", residual},
                     {"*.layer.*.attention.out", residual},
                     {"*.layer.*.mlp.down", residual}}};
}

}  // namespace tessera
