// The model that a config describes: the config's words translated into what the builders in models/ take.
#pragma once

#include "framework/config/config.h"
#include "framework/runtime/fit.h"
#include "models/bert.h"
#include "models/gpt.h"

namespace tessera {

/// `vocab` stands in for model.vocab: auto.
Transformer transformer_of(const Config& config, int64_t vocab);
Gpt gpt_of(const Config& config, int64_t vocab);
Bert bert_of(const Config& config, int64_t vocab);

/// "25 heads are computed as 32, …" where the config's mesh pads them; nothing otherwise.
std::string padding_text(const Config& config);

/// What of the config could be changed to save memory.
FitSettings fit_settings(const Config& config);

/// Builds one micro-batch of the configured model, for training or evaluation; `part`: not the first of its update.
std::vector<Parameter> build_model(Graph& graph, const Config& config, int64_t vocab,
                                   int64_t masked, bool training, bool part = false);

}  // namespace tessera
