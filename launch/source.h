// SOURCE: what a user may name where a verb takes a model: a config (its newest checkpoint), a run, a
// checkpoint, or a model of another program (a folder of Hugging Face's libraries, a .gguf).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/config/config.h"
#include "framework/data/document_marks.h"
#include "framework/tokenizer/tokenizer.h"
#include "models/outside_model.h"

namespace tessera {

/// For the help of verbs.
inline constexpr const char* kSourceHelp =
    "a run, checkpoint, config (its newest one), Hugging Face folder or .gguf";

struct ModelSource {
  std::filesystem::path place;  // the checkpoint, or the folder or file of the other program
  Config config;                // for one rank
  std::unique_ptr<TensorSource> tensors;
  /// None where the other program left none, or one that a .gguf holds is not known.
  std::shared_ptr<const Tokenizer> tokenizer;
  /// The tokens that open and close a text for this model.
  DocumentMarks marks;
  /// One of the two is set. `checkpoint` is `tensors`.
  const CheckpointReader* checkpoint = nullptr;
  std::shared_ptr<const OutsideModel> outside;
  const OutsideSource* outside_tensors = nullptr;  // `tensors`, with `outside`

  /// Throws UserError where there is no tokenizer.
  const std::shared_ptr<const Tokenizer>& require_tokenizer() const;
  /// Ids that the model has rows for and the tokenizer texts: logits beyond are never used.
  int64_t usable_ids() const;
};

/// Opens what the user named; `sets` are overrides of config keys. Warnings and notes go to stderr,
/// if it `tells`. Throws UserError when there is no such model; the message says where it looked.
ModelSource open_source(const std::string& named, std::span<const std::string> sets,
                        bool tells = true);

/// The tokenizer beside the weights of another program's model; null where there is none.
std::shared_ptr<const Tokenizer> tokenizer_beside(const std::filesystem::path& place);

/// Whether `named` is a model of another program.
bool is_outside_model(const std::string& named);

}  // namespace tessera
