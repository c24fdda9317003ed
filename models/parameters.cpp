#include "models/parameters.h"

namespace tessera {

Value Parameters::get(Parameter parameter) {
  if (parameter.kept == parameter.shape) parameter.kept = {};
  const auto [known, is_new] = index_.emplace(parameter.name, list_.size());
  if (!is_new) {
    check(list_[known->second] == parameter,
          "the parameter '{}' is asked for with another shape or start", parameter.name);
    return graph_.input(parameter.name);
  }
  list_.push_back(parameter);
  return graph_.add_input(parameter.name, {DType::f32, parameter.shape}, PortKind::state);
}

}  // namespace tessera
