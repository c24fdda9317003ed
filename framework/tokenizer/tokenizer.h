// Tokenizer turns text into token ids and back. It is a value that holds one of the known makes (a
// closed set, so a variant and not a class hierarchy). Bytes need no table; all other tokenizers are
// made from files and keep them, so that shards, runs and checkpoints can carry them along. The
// description is JSON text that stands in a shard folder's manifest and in run.json: it names the
// files by their hash, and with the files makes an equal tokenizer again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/tokenizer/byte_tokenizer.h"
#include "framework/tokenizer/encode_options.h"
#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"
#include "framework/tokenizer/sentence_piece.h"
#include "framework/tokenizer/special_tokens.h"
#include "framework/tokenizer/word_cache.h"
#include "framework/tokenizer/words.h"

namespace tessera {

class Tokenizer {
 public:
  /// The constructor is implicit: bytes are a Tokenizer.
  Tokenizer(ByteTokenizer bytes);
  /// The tokenizer that the files make. Throws UserError, which begins with `where`, when they make
  /// none.
  Tokenizer(TokenizerFiles files, const std::string& where);

  /// The ids of `text`. Callers with much text use an Encoder, which remembers words.
  std::vector<int32_t> encode(std::string_view text, const EncodeOptions& options = {}) const;
  /// Appends the ids; `cache` belongs to the calling thread and this tokenizer.
  void encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
              std::vector<int32_t>& ids) const;
  /// The text of `ids`; specials stand for none. Throws UserError for an id outside the vocabulary.
  std::string decode(std::span<const int32_t> ids) const;

  /// Ids are 0 to vocab_size() - 1.
  int32_t vocab_size() const { return vocab_size_; }
  const SpecialTokens& special() const { return special_; }
  bool is_special(int32_t id) const;
  /// The token of an id as its files spell it, or empty; for people, not for decoding.
  std::string token(int32_t id) const;
  /// Bytes of text that `ids` stand for: the denominator of bits per byte.
  uint64_t byte_count(std::span<const int32_t> ids) const;

  /// Whether decoding gives back every byte of every text. Normalization, unknown tokens and spaces
  /// that are put in or taken out lose some.
  bool keeps_text() const;

  /// True when `id`, coming after `previous`, belongs to the same word.
  bool continues_word(int32_t previous, int32_t id) const;
  /// True when a sentence ends between `id` and `next`.
  bool ends_sentence(int32_t id, int32_t next) const;

  /// How many bytes of `text` may be encoded by themselves: the ids of that part and then those of
  /// the rest (with EncodeOptions::begins unset), whatever follows `text`, are the ids of the whole.
  /// 0 when more text is needed to tell.
  size_t safe_cut(std::string_view text) const;

  /// What kind of files it was made from, such as "tokenizer.json"; "byte" for bytes.
  std::string_view kind() const { return kind_; }
  /// Empty for bytes.
  const TokenizerFiles& files() const { return files_; }
  /// JSON text from which make_tokenizer, with the files, makes an equal tokenizer.
  std::string description() const;
  /// A hash that is the same for equal tokenizers in every process; each shard keeps it, so that
  /// ids cannot be misread.
  uint64_t fingerprint() const;
  /// The parts of a tokenizer that is put together from such, or nullptr.
  const Pipeline* pipeline() const;

 private:
  using Made = std::variant<ByteTokenizer, std::shared_ptr<const Pipeline>,
                            std::shared_ptr<const SentencePiece>>;

  Made made_;
  std::string kind_;
  TokenizerFiles files_;
  WordMarks words_;
  int32_t vocab_size_;
  SpecialTokens special_;
};

/// Encodes many texts, one after the other, by one thread.
class Encoder {
 public:
  explicit Encoder(std::shared_ptr<const Tokenizer> tokenizer) : tokenizer_(std::move(tokenizer)) {}

  const Tokenizer& tokenizer() const { return *tokenizer_; }
  void encode(std::string_view text, const EncodeOptions& options, std::vector<int32_t>& ids) {
    tokenizer_->encode(text, options, cache_, ids);
  }

 private:
  std::shared_ptr<const Tokenizer> tokenizer_;
  WordCache cache_;
};

/// The folder of a tokenizer's files inside a folder of shards, a run or a checkpoint.
inline constexpr std::string_view kTokenizerFolder = "tokenizer";

/// The tokenizer of a description that stands in a file of `folder`, where its own files are in
/// kTokenizerFolder. Throws UserError when the text is no description, its type is not known, or the
/// files are missing or others.
std::shared_ptr<const Tokenizer> make_tokenizer(std::string_view description,
                                                const std::filesystem::path& folder);
/// The tokenizer of a folder or file that a user named.
std::shared_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& path);

}  // namespace tessera
