// assemble: from a config to the Program of a run. The model is built once per graph, differentiated, given its
// optimizer, and sent through the passes one after another; whoever wants to look in between is shown every form.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/graph/program.h"
#include "framework/passes/pipeline.h"
#include "models/model.h"

namespace tessera {

struct Assembly {
  Program program;  // of one rank of the config's mesh
  Mesh mesh;
  std::map<std::string, Layout> inputs;       // of data inputs that are split, "GRAPH.INPUT"
  std::map<std::string, LocalValues> values;  // by graph: what its values are of the whole graph's
  std::vector<Parameter> parameters;

  /// Matrix products of one update, forward and backward, nothing computed twice.
  double model_flops = 0;
};

/// All take the table of models in which the config's is found, and make graphs for the backend of the config's device.
/// The graphs of a training run: "step" (forward, gradient and update), or with batch.accumulate > 1 "first" and "micro"
/// (gradients into accumulators) and "update"; "initialize"; "evaluate"; "refresh" when compute is bf16. `vocab` is the tokenizer's, for
/// model.vocab: auto. The observer is shown every form: model, grad, optimizer, precision and what each row of pipeline()
/// makes.
Assembly assemble_training(const Models& models, const Config& config, int64_t vocab,
                           const PassObserver& observer = {});

/// The graph "evaluate" alone (and "refresh").
Assembly assemble_evaluation(const Models& models, const Config& config, int64_t vocab);

/// The graphs of generation for one sequence: "prefill" of `prompt` tokens at a time and "decode" of one (and "refresh").
Assembly assemble_generation(const Models& models, const Config& config, int64_t vocab,
                             int64_t prompt);

}  // namespace tessera
