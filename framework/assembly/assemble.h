// assemble makes the Program of a run from its config. The model is built once per graph,
// differentiated, given its optimizer, and sent through the passes one after another; an observer
// is shown every form in between.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/assembly/generation_size.h"
#include "framework/assembly/reading_size.h"
#include "framework/config/config.h"
#include "framework/graph/program.h"
#include "framework/passes/pipeline.h"
#include "models/model.h"

namespace tessera {

struct Assembly {
  Program program;  // the program of one rank of the config's mesh
  Mesh mesh;
  /// Layouts of data inputs that are split, by "GRAPH.INPUT".
  std::map<std::string, Layout> inputs;
  std::vector<Parameter> parameters;

  /// FLOPs of the matrix products of one update, forward and backward, with nothing computed twice.
  double model_flops = 0;
};

/// Assembles a training run: the graphs "step" (forward, gradient and update), or with
/// batch.accumulate > 1 "first" and "micro" (gradients into accumulators) and "update";
/// "initialize"; "evaluate"; "refresh" when compute is bf16. `models` is the table in which the
/// config's model is found; graphs are made for the backend of the config's device. `vocab` is the
/// tokenizer's, for model.vocab: auto. The observer is shown every form: model, grad, optimizer,
/// precision and what each row of pipeline() makes. `values`, when given, receives for each graph
/// which parts of the whole graph's values its values are.
Assembly assemble_training(const Models& models, const Config& config, int64_t vocab,
                           const PassObserver& observer = {},
                           std::map<std::string, LocalValues>* values = nullptr);

/// Assembles the graphs "evaluate" and "initialize" (and "refresh").
Assembly assemble_evaluation(const Models& models, const Config& config, int64_t vocab);

/// Assembles the graphs of generation (and "refresh").
Assembly assemble_generation(const Models& models, const Config& config, int64_t vocab,
                             const GenerationSize& size);

/// Assembles the graphs that score texts, or give their tokens vectors, one for each of `sizes`
/// (and "refresh"). Throws UserError for a model that does not.
Assembly assemble_reading(const Models& models, const Config& config, int64_t vocab,
                          ReadingKind kind, std::span<const ReadingSize> sizes);

}  // namespace tessera
