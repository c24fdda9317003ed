// The task of telling which of several labels a text has: a head on the body of a model, which
// reads one vector of the text. Pooling: cls, the first token (through BERT's pooler, a dense layer
// and tanh or ReLU, where the model has one); mean, the mean over the text's tokens; last, the last
// token. Then dropout and a dense layer with a row for each label.
#pragma once

#include "models/model.h"
#include "models/task.h"

namespace tessera {

/// The row of the task.
TaskDef classification_task();

/// What the config's task.pooling stands for.
TaskConfig::Pooling pooling_of(const Config& config, const ModelBody& body);

/// Adds the training or evaluation graph of one micro-batch.
/// Data in: tokens_in, and as the body has it segments_in, i32 (B, S); lengths i32 (B); labels i32
/// (B); weights f32 (B), 0 for padding; count f32 [], the sum of the weights of the whole update;
/// states "step" and "part" as in build_gpt.
/// Data out: loss f32 [], the sum of weights · cross-entropy divided by count; for evaluation also
/// losses f32 (B), what each row adds to the loss, predicted i32 (B) and probabilities f32 (B,
/// labels).
std::vector<Parameter> build_classifier(Graph& graph, const ModelBody& body, const Config& config,
                                        const ModelUse& use);

/// How the classifier's tensors lie on a mesh.
ModelLayout classifier_layout(const ModelBody& body, const Config& config);

}  // namespace tessera
