#include "framework/tokenizer/train_tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/hugging_face_normalizer.h"
#include "framework/tokenizer/hugging_face_pre_tokenizer.h"
#include "framework/tokenizer/normalizer.h"
#include "framework/tokenizer/pre_tokenizer.h"
#include "framework/tokenizer/utf8.h"
#include "framework/tokenizer/word_piece_trainer.h"

namespace tessera {
namespace {

/// Cuts texts as the trained tokenizer will: by the parts that its own files name.
class TrainingCutter {
 public:
  explicit TrainingCutter(const TokenizerTraining& training) {
    const std::string name = "tokenizer.json";
    const TokenizerFiles files =
        training.model == TrainingModel::bpe
            ? hugging_face_files(TrainedBpe{.tokens = training.shape.specials, .merges = {}},
                                 training.shape)
            : hugging_face_files(training.shape.specials, training.shape);
    const nlohmann::json json = parse_json_object(files.all().at(name), name);
    normalizer_ = parse_normalizer(json.at("normalizer"), name);
    pre_tokenizer_ = parse_pre_tokenizer(json.at("pre_tokenizer"), name);
  }

  void cut(std::string_view text, bool by_lines, Pieces& words) const {
    if (!is_utf8(text)) text = words.keep(replace_invalid_utf8(text));
    for (size_t at = 0; at < text.size();) {
      const size_t end =
          by_lines ? std::min(text.find('\n', at), text.size() - 1) + 1 : text.size();
      add(text.substr(at, end - at), words);
      at = end;
    }
    pre_tokenizer_.cut(words, /*begins=*/true);
  }

 private:
  void add(std::string_view text, Pieces& words) const {
    if (!normalizer_.empty()) {
      std::string changed(text);
      normalizer_.apply(changed);
      text = words.keep(std::move(changed));
    }
    words.list.push_back(text);
  }

  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void cut_at_spaces(std::string_view text, Pieces& words) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    if (at > begin) words.list.push_back(text.substr(begin, at - begin));
    while (at < text.size() && is_space(text[at])) ++at;
  }
}

/// The counts of what `cutter` makes of each word. BERT's pre-tokenizer drops these spaces, and no
/// normalizer reaches across one, so each distinct word needs to be normalized and cut but once.
WordCounts cut_words(const WordCounts& whole, const TrainingCutter& cutter) {
  WordTable table;
  Pieces pieces;
  for (size_t i = 0; i < whole.size(); ++i) {
    pieces.clear();
    cutter.cut(whole[i].word, /*by_lines=*/true, pieces);
    for (const std::string_view piece : pieces.list) table.add(piece, whole[i].count);
  }
  WordCounts counts;
  for (const WordCount& word : table.sorted()) counts.append(word);
  return counts;
}

}  // namespace

void require_trainable(const TokenizerTraining& training) {
  const std::vector<std::string>& specials = training.shape.specials;
  for (size_t i = 0; i < specials.size(); ++i) {
    require(!specials[i].empty(), "a special token needs a name, such as <|endoftext|>");
    require(std::find(specials.begin(), specials.begin() + static_cast<int64_t>(i), specials[i]) ==
                specials.begin() + static_cast<int64_t>(i),
            "the special token '{}' is given twice", specials[i]);
  }
  require(
      training.model != TrainingModel::bpe ||
          training.shape.pre_tokenizer != TrainingPreTokenizer::bert,
      "byte-level BPE cannot have the pre-tokenizer 'bert': it drops the white space, so decoding "
      "would run words together; use gpt2 or llama3");
  require(training.model != TrainingModel::bpe || training.alphabet == 0,
          "byte-level BPE has the 256 bytes as its alphabet; leave --alphabet out, or take --type "
          "wordpiece");
  TrainingCutter{training};
}

WordCounts count_training_words(const TextSource& texts, const TokenizerTraining& training,
                                const WordCountOptions& options) {
  require_trainable(training);
  const TrainingCutter cutter(training);
  if (training.shape.pre_tokenizer == TrainingPreTokenizer::bert)
    return cut_words(count_words(
                         texts,
                         [](std::string_view text, bool /*by_lines*/, Pieces& words) {
                           cut_at_spaces(text, words);
                         },
                         options),
                     cutter);
  return count_words(
      texts,
      [&](std::string_view text, bool by_lines, Pieces& words) {
        cutter.cut(text, by_lines, words);
      },
      options);
}

TokenizerFiles train_tokenizer(WordCounts words, const TokenizerTraining& training) {
  require_trainable(training);
  if (training.model == TrainingModel::bpe)
    return hugging_face_files(
        train_byte_level_bpe(std::move(words), {.vocabulary = training.vocabulary,
                                                .least_count = training.least_count,
                                                .specials = training.shape.specials}),
        training.shape);
  return hugging_face_files(train_word_piece(std::move(words), {.vocabulary = training.vocabulary,
                                                                .least_count = training.least_count,
                                                                .specials = training.shape.specials,
                                                                .alphabet = training.alphabet}),
                            training.shape);
}

}  // namespace tessera
