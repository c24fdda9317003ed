#include "framework/tokenizer/gguf_sentence_piece.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Kind = GgufTokenKind;

/// Writes a message of protocol buffers, as WireReader reads it.
class WireMessage {
 public:
  void text(uint32_t field, std::string_view bytes) {
    integer(field << 3 | 2);
    integer(bytes.size());
    bytes_ += bytes;
  }
  void number(uint32_t field, float value) {
    integer(field << 3 | 5);
    uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 4; ++i) bytes_ += static_cast<char>(bits >> 8 * i & 0xff);
  }
  void count(uint32_t field, uint64_t value) {
    integer(field << 3);
    integer(value);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void integer(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

/// The one token for what is no piece, or -1. Files may call further tokens unknown, which fill the
/// list up to the rows of the model.
int64_t unknown_of(const GgufVocabulary& vocabulary) {
  if (const int64_t id = vocabulary.id("unknown_token_id"); id >= 0) return id;
  const auto first = std::find(vocabulary.kinds.begin(), vocabulary.kinds.end(), Kind::unknown);
  return first == vocabulary.kinds.end() ? -1 : first - vocabulary.kinds.begin();
}

Kind kind_of(const GgufVocabulary& vocabulary, size_t id, int64_t unknown) {
  if (static_cast<int64_t>(id) == unknown) return Kind::unknown;
  const Kind kind = vocabulary.kinds[id];
  return kind == Kind::unknown ? Kind::control : kind;
}

void add_pieces(const GgufVocabulary& vocabulary, WireMessage& model) {
  const std::vector<double> scores =
      vocabulary.has("scores") ? vocabulary.reals("scores") : std::vector<double>();
  require(scores.size() == vocabulary.size(),
          "{}: tokenizer.ggml.scores has {} entries for {} tokens", vocabulary.what(),
          scores.size(), vocabulary.size());
  const int64_t unknown = unknown_of(vocabulary);
  for (size_t id = 0; id < scores.size(); ++id) {
    WireMessage piece;
    piece.text(1, vocabulary.texts[id]);
    piece.number(2, static_cast<float>(scores[id]));
    piece.count(3, static_cast<uint64_t>(kind_of(vocabulary, id, unknown)));
    model.text(1, piece.bytes());
  }
}

std::string training(const GgufVocabulary& vocabulary, SentencePieceFile::Algorithm algorithm) {
  WireMessage training;
  training.count(3, static_cast<uint64_t>(algorithm));
  const bool bytes = std::find(vocabulary.kinds.begin(), vocabulary.kinds.end(), Kind::byte) !=
                     vocabulary.kinds.end();
  training.count(35, bytes ? 1 : 0);
  const auto name = [&](uint32_t field, const char* key) {
    if (const std::string token = vocabulary.token(key); !token.empty())
      training.text(field, token);
  };
  name(46, "bos_token_id");
  name(47, "eos_token_id");
  name(48, "padding_token_id");
  return training.bytes();
}

}  // namespace

std::string gguf_sentence_piece(const GgufVocabulary& vocabulary,
                                SentencePieceFile::Algorithm algorithm) {
  const bool unigram = algorithm == SentencePieceFile::Algorithm::unigram;
  WireMessage model;
  add_pieces(vocabulary, model);
  model.text(2, training(vocabulary, algorithm));
  WireMessage rules;
  if (vocabulary.has("precompiled_charsmap")) {
    std::string charsmap;
    for (const int64_t byte : vocabulary.integers("precompiled_charsmap"))
      charsmap += static_cast<char>(byte);
    rules.text(2, charsmap);
  }
  rules.count(3, vocabulary.flag("add_space_prefix", !unigram) ? 1 : 0);
  rules.count(4, vocabulary.flag("remove_extra_whitespaces", false) ? 1 : 0);
  rules.count(5, 1);
  model.text(3, rules.bytes());
  return model.bytes();
}

}  // namespace tessera
