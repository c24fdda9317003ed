// Parameters: a model's trainable tensors, each made by naming it. Asking for a name the first time
// adds a state to the graph and a row to the list; asking again gives the same value (tied
// weights). Initial values, weight decay, optimizer state, checkpoint and export all follow from
// the row.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

struct Parameter {
  enum class Init { zeros, ones, normal };

  std::string name;
  Shape shape;
  Init init = Init::normal;
  double std = 0;  // the standard deviation of Init::normal
  /// The model's own part, from the first element on; beyond it lie zeros that stay zeros. Empty:
  /// all.
  Shape kept = {};

  const Shape& own_shape() const { return kept.empty() ? shape : kept; }

  /// Weight decay is for matrices and embeddings; gains and biases are spared unless the config
  /// says otherwise.
  bool is_matrix() const { return init == Init::normal; }
  bool operator==(const Parameter&) const = default;
};

class Parameters {
 public:
  explicit Parameters(Graph& graph) : graph_(graph) {}

  Value normal(const std::string& name, Shape shape, double std, Shape kept = {}) {
    return get({name, std::move(shape), Parameter::Init::normal, std, std::move(kept)});
  }
  Value zeros(const std::string& name, Shape shape, Shape kept = {}) {
    return get({name, std::move(shape), Parameter::Init::zeros, 0, std::move(kept)});
  }
  Value ones(const std::string& name, Shape shape) {
    return get({name, std::move(shape), Parameter::Init::ones, 0});
  }

  Graph& graph() { return graph_; }
  const std::vector<Parameter>& list() const { return list_; }

 private:
  Value get(Parameter parameter);

  Graph& graph_;
  std::vector<Parameter> list_;
  std::unordered_map<std::string, size_t> index_;  // of the list by name
};

}  // namespace tessera
