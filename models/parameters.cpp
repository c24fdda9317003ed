#include "models/parameters.h"

namespace tessera {

Value Parameters::get(Parameter parameter) {
  if (parameter.kept == parameter.shape) parameter.kept = {};
  for (const Parameter& known : list_) {
    if (known.name != parameter.name) continue;
    check(known == parameter, "the parameter '{}' is asked for with another shape or start",
          known.name);
    return graph_.input(known.name);
  }
  list_.push_back(parameter);
  return graph_.add_input(parameter.name, {DType::f32, parameter.shape}, PortKind::state);
}

}  // namespace tessera
