// What `tessera eval SOURCE FILE` measures: the likelihood of texts, or of the choices of
// questions, or how well a classifier tells the labels of a table.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "launch/command_line.h"
#include "launch/model_on_mesh.h"

namespace tessera {

/// The options that only `eval SOURCE FILE` has.
std::vector<Option> eval_text_options();

/// Loss, perplexity and bits per byte of the documents in `file`, in windows. All ranks call it;
/// rank 0 reads the file and prints.
int eval_text(const ModelOnMesh& model, const std::string& file, const Arguments& given);

/// Whether a line of `file` is a question: a JSON object with "choices".
bool holds_choices(const std::string& file);
/// How often the likeliest choice is the answer. All ranks call it; rank 0 reads the file and
/// prints.
int eval_choices(const ModelOnMesh& model, const std::string& file, const Arguments& given);

/// Loss and figures of a classifier on the rows of `file`, which have labels. All ranks call it;
/// rank 0 reads the file and prints.
int eval_labels(const ModelOnMesh& model, const std::string& file, const Arguments& given);

/// Prints figures, one in a line, or as one JSON object.
void print_figures(const nlohmann::ordered_json& json, bool as_json);

}  // namespace tessera
