// Examples: texts with labels, read from a file once and kept in memory as tokens.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/data/example_form.h"
#include "framework/data/table_reader.h"

namespace tessera {

/// Where the columns of examples are found.
struct ExampleColumns {
  std::vector<std::string> text;  // one or two
  std::string label;              // empty: there is none
};

/// Labels by number.
using Labels = std::vector<std::string>;

/// The different labels of the files, sorted by their bytes. Throws UserError where one is empty or
/// no UTF-8, where there are fewer than two, or very many, as in a column of numbers.
Labels labels_of(const std::vector<std::filesystem::path>& files, const std::string& column);

/// Tokens of many examples, one after the other.
class Examples {
 public:
  size_t size() const { return labels_.size(); }
  std::span<const int32_t> ids(size_t i) const { return part(ids_, i); }
  std::span<const uint8_t> segments(size_t i) const { return part(segments_, i); }
  int32_t label(size_t i) const { return labels_[i]; }
  /// The examples that were cut.
  size_t cut() const { return cut_; }

  void add(const ExampleTokens& tokens, int32_t label, int64_t length);

 private:
  template <typename T>
  std::span<const T> part(const std::vector<T>& all, size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::span(all).subspan(begin, ends_[i] - begin);
  }

  std::vector<int32_t> ids_;
  std::vector<uint8_t> segments_;
  std::vector<size_t> ends_;
  std::vector<int32_t> labels_;
  size_t cut_ = 0;
};

struct ExampleSplit {
  Examples train, validation;
  std::string place;     // what messages call it: the file
  std::string identity;  // says what was read: number of examples and hash
};

/// What is read, and how.
struct ExampleSource {
  std::filesystem::path train, validation;  // without a file for validation, a part is held out
  double held_out = 0;
  ExampleColumns columns;
  Labels labels;
};

/// Whether an example is held out, when `part` of all are; its texts alone decide.
bool is_held_out(std::span<const std::string> texts, double part);

/// Reads and encodes all examples. Which are held out depends on their texts alone, so that equal
/// texts are on the same side. Throws UserError for a label that is none of `source.labels`, and
/// where nothing is left to train on.
ExampleSplit read_examples(const ExampleSource& source, const ExampleForm& form,
                           const std::shared_ptr<const Tokenizer>& tokenizer);

/// Encodes the texts of one example.
class ExampleEncoder {
 public:
  ExampleEncoder(std::shared_ptr<const Tokenizer> tokenizer, const ExampleForm& form)
      : encoder_(std::move(tokenizer)), form_(form) {}

  ExampleTokens encode(std::span<const std::string> texts);

 private:
  Encoder encoder_;
  const ExampleForm& form_;
  std::vector<int32_t> ids_[2];
};

}  // namespace tessera
