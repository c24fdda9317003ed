// Trains a tokenizer on files, with a progress line, for the verbs `tokenizer train` and
// `quickstart`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "framework/data/document_reader.h"
#include "framework/tokenizer/train_tokenizer.h"

namespace tessera {

/// What texts a tokenizer is trained on, and with what.
struct TrainingTexts {
  std::vector<std::string> inputs;
  std::vector<std::filesystem::path> exclude{};
  ReadingOptions reading{};
  bool include_hidden = false;
  bool whole_documents = false;  // plain files are not cut at lines; records never are
  WordCountOptions counting{};   // threads: 0 means one for each core
};

struct TrainedTokenizer {
  TokenizerFiles files;
  uint64_t documents = 0, text_bytes = 0;
  uint64_t left_out = 0;  // files without text
  uint64_t broken = 0;    // records
  size_t words = 0;       // distinct ones
  double read_seconds = 0, merge_seconds = 0;
  std::vector<std::string> sample{};  // parts of the text, from all over it
};

/// Throws UserError when there is no text, or the training cannot be done.
TrainedTokenizer train_tokenizer_on(const TrainingTexts& texts, const TokenizerTraining& training);

/// Prints what was read and made; `named` is where the tokenizer goes.
void print_trained(const TrainedTokenizer& trained, const TokenizerTraining& training,
                   const std::string& named);

}  // namespace tessera
