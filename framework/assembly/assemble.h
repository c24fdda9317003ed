// assemble: from a config to the Program of a run. The model is built once per graph, differentiated, given its
// optimizer, and sent through the passes one after another; whoever wants to look in between is shown every form.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/config.h"
#include "framework/graph/program.h"
#include "framework/passes/partition.h"
#include "models/model.h"

namespace tessera {

struct Assembly {
  Program program;  // of one rank of the config's mesh
  Mesh mesh;
  std::map<std::string, Layout> inputs;       // of data inputs that are split, "GRAPH.INPUT"
  std::map<std::string, LocalValues> values;  // by graph: what its values are of the whole graph's
  std::vector<Parameter> parameters;
  double model_flops =
      0;  // matrix products of one update, forward and backward, nothing computed twice
};

/// Called after every pass with its name and each graph: model, grad, optimizer, precision, partition (on a mesh), chunk,
/// recompute, fuse, order, bucket and overlap (both on a mesh).
using PassObserver = std::function<void(std::string_view pass, const Graph& graph)>;

/// All take the table of models in which the config's is found.
/// The graphs of a training run: "step" (forward, gradient and update), or with batch.accumulate > 1 "first" and "micro"
/// (gradients into accumulators) and "update"; "initialize"; "evaluate"; "refresh" when compute is bf16. `vocab` is the tokenizer's, for
/// model.vocab: auto.
Assembly assemble_training(const Models& models, const Config& config, int64_t vocab,
                           const PassObserver& observer = {});

/// The graph "evaluate" alone (and "refresh").
Assembly assemble_evaluation(const Models& models, const Config& config, int64_t vocab);

/// The graphs of generation for one sequence: "prefill" of `prompt` tokens at a time and "decode" of one (and "refresh").
Assembly assemble_generation(const Models& models, const Config& config, int64_t vocab,
                             int64_t prompt);

}  // namespace tessera
