#include "framework/tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/random.h"

namespace tessera {

int32_t Tokenizer::visit_vocab_size() const {
  return std::visit([](const auto& t) { return t.vocab_size(); }, make_);
}

SpecialTokens Tokenizer::visit_special() const {
  return std::visit([](const auto& t) { return t.special(); }, make_);
}

void Tokenizer::encode(std::string_view text, std::vector<int32_t>& ids) const {
  std::visit([&](const auto& t) { t.encode(text, ids); }, make_);
}

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<int32_t> ids;
  encode(text, ids);
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string text;
  std::visit([&](const auto& t) { t.decode(ids, text); }, make_);
  return text;
}

uint64_t Tokenizer::byte_count(std::span<const int32_t> ids) const { return decode(ids).size(); }

bool Tokenizer::continues_word(int32_t previous, int32_t id) const {
  return std::visit([&](const auto& t) { return t.continues_word(previous, id); }, make_);
}

bool Tokenizer::ends_sentence(int32_t id, int32_t next) const {
  return std::visit([&](const auto& t) { return t.ends_sentence(id, next); }, make_);
}

size_t Tokenizer::safe_cut(std::string_view text) const {
  return std::visit([&](const auto& t) { return t.safe_cut(text); }, make_);
}

std::string Tokenizer::description() const {
  return std::visit([](const auto& t) { return t.description(); }, make_);
}

uint64_t Tokenizer::fingerprint() const { return stable_hash(description()); }

std::shared_ptr<const Tokenizer> make_tokenizer(std::string_view description) {
  const nlohmann::json json = parse_json_object(description, "the description of the tokenizer");
  require(json.contains("type") && json["type"].is_string(),
          "the description of the tokenizer has no \"type\"; tokenize the text again");
  const auto type = json["type"].get<std::string>();
  require(type == ByteTokenizer::kType,
          "tokenizer type '{}' is not known to this program (known: byte); tokenize the text again "
          "with a known one",
          type);
  auto tokenizer = std::make_shared<const Tokenizer>(ByteTokenizer{});
  require(
      json == nlohmann::json::parse(tokenizer->description()),
      "the description of the byte tokenizer, {}, differs from this program's, {}; tokenize the "
      "text again",
      std::string(description), tokenizer->description());
  return tokenizer;
}

}  // namespace tessera
