#include "framework/tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/random.h"
#include "framework/tokenizer/file_kind.h"
#include "framework/tokenizer/words.h"

namespace tessera {

Tokenizer::Tokenizer(ByteTokenizer bytes)
    : made_(bytes),
      kind_(ByteTokenizer::kType),
      vocab_size_(bytes.vocab_size()),
      special_(bytes.special()) {}

Tokenizer::Tokenizer(TokenizerFiles files, const std::string& where) : files_(std::move(files)) {
  const FileKind& kind = kind_of_files(files_, where);
  kind_ = kind.name;
  made_ = std::make_shared<const Pipeline>(kind.read(files_, where));
  vocab_size_ = pipeline()->vocab_size();
  special_ = pipeline()->special();
}

const Pipeline* Tokenizer::pipeline() const {
  const Made* made = std::get_if<Made>(&made_);
  return made != nullptr ? made->get() : nullptr;
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  std::vector<int32_t> ids;
  WordCache cache(text.size());
  encode(text, options, cache, ids);
  return ids;
}

void Tokenizer::encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
                       std::vector<int32_t>& ids) const {
  if (const Pipeline* parts = pipeline())
    parts->encode(text, options, cache, ids);
  else
    std::get<ByteTokenizer>(made_).encode(text, ids);
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  if (const Pipeline* parts = pipeline()) return parts->decode(ids);
  std::string text;
  std::get<ByteTokenizer>(made_).decode(ids, text);
  return text;
}

bool Tokenizer::is_special(int32_t id) const {
  const Pipeline* parts = pipeline();
  return parts != nullptr ? parts->is_special(id) : special_.contains(id);
}

std::string Tokenizer::token(int32_t id) const {
  if (const Pipeline* parts = pipeline()) return std::string(parts->token(id));
  return id < 256 ? decode({&id, 1}) : fmt::format("<{}>", id);
}

uint64_t Tokenizer::byte_count(std::span<const int32_t> ids) const { return decode(ids).size(); }

bool Tokenizer::continues_word(int32_t previous, int32_t id) const {
  const Pipeline* parts = pipeline();
  if (parts == nullptr) return std::get<ByteTokenizer>(made_).continues_word(previous, id);
  return !is_special(previous) && !is_special(id) &&
         tessera::continues_word(parts->parts().model, parts->token(previous), parts->token(id));
}

bool Tokenizer::ends_sentence(int32_t id, int32_t next) const {
  const Pipeline* parts = pipeline();
  if (parts == nullptr) return std::get<ByteTokenizer>(made_).ends_sentence(id, next);
  return !is_special(id) &&
         tessera::ends_sentence(parts->parts().model, parts->token(id), parts->token(next));
}

size_t Tokenizer::safe_cut(std::string_view text) const {
  const Pipeline* parts = pipeline();
  return parts != nullptr ? parts->safe_cut(text) : text.size();
}

std::string Tokenizer::description() const {
  if (pipeline() == nullptr) return std::get<ByteTokenizer>(made_).description();
  return nlohmann::json{
      {"type", kind_}, {"vocab_size", vocab_size_}, {"hash", fmt::format("{:016x}", files_.hash())}}
      .dump();
}

uint64_t Tokenizer::fingerprint() const { return stable_hash(description()); }

std::shared_ptr<const Tokenizer> make_tokenizer(std::string_view description,
                                                const std::filesystem::path& folder) {
  const nlohmann::json json = parse_json_object(description, "the description of the tokenizer");
  require(json.contains("type") && json["type"].is_string(),
          "the description of the tokenizer has no \"type\"; tokenize the text again");
  const auto type = json["type"].get<std::string>();
  if (type == ByteTokenizer::kType) {
    auto bytes = std::make_shared<const Tokenizer>(ByteTokenizer{});
    require(
        json == nlohmann::json::parse(bytes->description()),
        "the description of the byte tokenizer, {}, differs from this program's, {}; tokenize the "
        "text again",
        std::string(description), bytes->description());
    return bytes;
  }
  require(
      is_file_kind(type),
      "tokenizer type '{}' is not known to this program (known: byte, {}); tokenize the text again "
      "with a known one",
      type, fmt::join(names_of_file_kinds(), ", "));
  const std::filesystem::path place = folder / kTokenizerFolder;
  auto tokenizer = load_tokenizer(place);
  require(json == nlohmann::json::parse(tokenizer->description()),
          "{}: not the tokenizer that {} was made with: here is {}, there it was {}; put the right "
          "files back, or tokenize the text again",
          place.string(), folder.string(), tokenizer->description(), std::string(description));
  return tokenizer;
}

std::shared_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& path) {
  return std::make_shared<const Tokenizer>(TokenizerFiles::read(path), path.string());
}

}  // namespace tessera
