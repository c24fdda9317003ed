#include "models/classifier.h"

namespace tessera {

ModelLayout classifier_layout(const ModelBody& body, const Config& config) {
  ModelLayout out = body.layout(config);
  for (const char* input : {"labels", "weights", "lengths"}) out.values.push_back({input, "[dp]"});
  out.values.push_back({"*.logits", "[dp, _]"});
  return out;
}

}  // namespace tessera
