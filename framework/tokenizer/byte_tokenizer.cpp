#include "framework/tokenizer/byte_tokenizer.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

bool in_word(int32_t id) {
  return (id >= 'a' && id <= 'z') || (id >= 'A' && id <= 'Z') || (id >= '0' && id <= '9') ||
         id == '_' || (id >= 0x80 && id <= 0xff);
}

bool is_space(int32_t id) { return id == ' ' || (id >= '\t' && id <= '\r'); }

}  // namespace

void ByteTokenizer::encode(std::string_view text, const EncodeOptions&, WordCache&,
                           std::vector<int32_t>& ids) const {
  const size_t old_size = ids.size();
  ids.resize(old_size + text.size());
  for (size_t i = 0; i < text.size(); ++i) ids[old_size + i] = static_cast<uint8_t>(text[i]);
}

std::string ByteTokenizer::decode(std::span<const int32_t> ids) const {
  std::string text;
  text.reserve(ids.size());
  for (int32_t id : ids) {
    require(id >= 0 && id < kVocabSize, "byte tokenizer: {} is no token; ids are 0 to {}", id,
            kVocabSize - 1);
    if (id < 256) text.push_back(static_cast<char>(id));
  }
  return text;
}

std::string ByteTokenizer::token(int32_t id) const {
  constexpr std::string_view kNames[] = {"end of document", "pad", "cls", "sep", "mask"};
  if (id < 0 || id >= kVocabSize) return "";
  return id < 256 ? std::string(1, static_cast<char>(id)) : fmt::format("<{}>", kNames[id - 256]);
}

std::string ByteTokenizer::description() const { return R"({"type":"byte","vocab_size":261})"; }

bool ByteTokenizer::continues_word(int32_t previous, int32_t id) const {
  return in_word(previous) && in_word(id);
}

bool ByteTokenizer::ends_sentence(int32_t id, int32_t next) const {
  return id == '\n' || ((id == '.' || id == '!' || id == '?') && is_space(next));
}

}  // namespace tessera
