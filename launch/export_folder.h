// The folder that `tessera export` writes: config, weights, tokenizer, generation config and model
// card, as Hugging Face's libraries read them. It appears whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "framework/core/output_file.h"
#include "framework/formats/stored_type.h"
#include "launch/pooling.h"
#include "launch/source.h"

namespace tessera {

struct ExportOptions {
  std::filesystem::path folder;                  // or the file, as the form has it
  Overwrite overwrite = Overwrite::no;           // of a file
  std::optional<StoredType> type;                // of all weights; none: as they came
  int64_t shard_bytes = int64_t{5'000'000'000};  // most bytes of a file of weights

  std::optional<Pooling> pooling;  // of a folder for sentence-transformers

  void set_shard_size(const std::string& text);
};

/// The type of that name; throws UserError where weights are not written in it.
StoredType export_type(const std::string& name);

struct ExportReport {
  std::string kind;  // the class of transformers, or "llama in GGUF"
  std::string type;  // of the weights
  int64_t tensors = 0, bytes = 0, files = 0;
  std::vector<std::string> notes;
};

/// Throws UserError when the model is of no class of transformers, naming the keys that prevent it.
ExportReport export_folder(const ModelSource& source, const ExportOptions& options);

/// Rows of tokens that are written: all that the model came with, by its config there, and those of
/// new tokens; padding is cut, with a note.
int64_t exported_rows(const ModelSource& source, const nlohmann::ordered_json& original,
                      ExportReport& report);

struct Verification {
  int64_t numbers = 0;
  double difference = 0;  // the largest, as a part of the largest number
  double bound = 0;       // what the rounding of the written type allows
};

/// Computes the model on `text` from the source and from the written folder.
Verification verify_export(const ModelSource& source, const std::filesystem::path& folder,
                           const std::string& text, std::span<const std::string> sets);

}  // namespace tessera
