// SharedReader: texts read by the replicas of a mesh, which share them out by length.
#pragma once

#include <optional>

#include "framework/train/text_reader.h"

namespace tessera {

/// What model reads, and on which ranks.
struct SharedReading {
  const Models& models;
  const Config& config;  // of one replica
  int64_t vocab;         // the tokenizer's
  std::shared_ptr<Device> device;
  const Replica& replica;
  ReadingKind kind;
};

class SharedReader {
 public:
  /// Loads the weights of `source`. All ranks make a reader of the same texts, which must stay.
  SharedReader(const SharedReading& reading, TensorSource& source,
               std::span<const TextReader::Text> texts);

  /// Reads all texts, and hands what `of` makes of each text's values to `take` at rank 0, in
  /// whatever order. All ranks call it together.
  template <typename T>
  void read(const std::function<std::vector<T>(std::span<const float> values)>& of,
            const std::function<void(size_t text, const std::vector<T>& made)>& take) {
    read_packed(
        [&](std::span<const float> values) {
          PackedText text;
          text.add_numbers(std::span<const T>(of(values)));
          return std::move(text).text();
        },
        [&](size_t text, std::string made) {
          take(text, UnpackedText(std::move(made)).numbers<T>());
        });
  }

 private:
  void read_packed(const std::function<std::string(std::span<const float> values)>& of,
                   const GiveResult& take);

  const Replica& replica_;
  std::span<const TextReader::Text> texts_;
  std::vector<size_t> order_;         // of the texts, by length
  std::optional<TextReader> reader_;  // none where the replica has no text
};

/// The sum of a text's values, such as its losses: one number.
std::vector<double> sum_of(std::span<const float> values);

}  // namespace tessera
