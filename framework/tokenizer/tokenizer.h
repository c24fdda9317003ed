// Tokenizer turns text into token ids and back. It is a value that holds one of the known makes (a
// closed set, so a variant and not a class hierarchy). A new make is a class with the same members,
// one alternative here and one line in make_tokenizer. The description is JSON text that stands in
// a shard folder's manifest and in run.json, and makes an equal tokenizer again. It is short: a
// make with tables is described by the name and the hash of their file. A tokenizer is shared,
// never copied with its tables: std::shared_ptr<const Tokenizer>.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "framework/tokenizer/byte_tokenizer.h"
#include "framework/tokenizer/special_tokens.h"

namespace tessera {

class Tokenizer {
 public:
  using Make = std::variant<ByteTokenizer>;
  /// The constructor is implicit: every make is a Tokenizer.
  template <typename T>
  requires std::constructible_from<Make, T> Tokenizer(T make)
      : make_(std::move(make)), vocab_size_(visit_vocab_size()), special_(visit_special()) {}

  /// Appends the ids of `text`; specials are never made from text.
  void encode(std::string_view text, std::vector<int32_t>& ids) const;
  std::vector<int32_t> encode(std::string_view text) const;
  /// The bytes of `ids`; specials stand for no bytes. Throws UserError for an id outside the
  /// vocabulary.
  std::string decode(std::span<const int32_t> ids) const;

  /// Ids are 0 to vocab_size() - 1.
  int32_t vocab_size() const { return vocab_size_; }
  const SpecialTokens& special() const { return special_; }
  bool is_special(int32_t id) const { return special_.contains(id); }
  /// Bytes of text that `ids` stand for: the denominator of bits per byte.
  uint64_t byte_count(std::span<const int32_t> ids) const;

  /// True when `id`, coming after `previous`, belongs to the same word.
  bool continues_word(int32_t previous, int32_t id) const;
  /// True when a sentence ends between `id` and `next`.
  bool ends_sentence(int32_t id, int32_t next) const;

  /// How many bytes of `text` may be encoded by themselves: the ids of that part and then those of
  /// the rest, whatever follows `text`, are the ids of the whole. 0 when more text is needed to
  /// tell.
  size_t safe_cut(std::string_view text) const;

  /// JSON text from which make_tokenizer makes an equal tokenizer.
  std::string description() const;
  /// A hash that is the same for equal tokenizers in every process; each shard keeps it, so that
  /// ids cannot be misread.
  uint64_t fingerprint() const;

 private:
  int32_t visit_vocab_size() const;
  SpecialTokens visit_special() const;

  Make make_;
  int32_t vocab_size_;
  SpecialTokens special_;
};

/// The tokenizer of a description; throws UserError when the text is no JSON object, or of a type
/// or vocabulary that this program does not know.
std::shared_ptr<const Tokenizer> make_tokenizer(std::string_view description);

}  // namespace tessera
