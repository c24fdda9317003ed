#include "framework/tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/random.h"
#include "framework/tokenizer/file_kind.h"
#include "framework/tokenizer/files_of_folder.h"

namespace tessera {

namespace {

const ByteTokenizer& made(const ByteTokenizer& bytes) { return bytes; }
template <typename Make>
const Make& made(const std::shared_ptr<const Make>& make) {
  return *make;
}

WordMarks marks_of(const Pipeline& pipeline) {
  const TokenModel& model = pipeline.parts().model;
  WordMarks marks;
  if (const auto* pieces = std::get_if<WordPiece>(&model))
    marks.continuing_prefix = pieces->continuing_prefix();
  marks.spaces_kept =
      !std::holds_alternative<WordPiece>(model) && !std::holds_alternative<WordLevel>(model);
  return marks;
}

/// The token between documents, where the files name none for that: the nearest thing to it.
int32_t document_mark(const SpecialTokens& special) {
  for (const int32_t id : {special.end_of_document, special.end_of_text, special.sep,
                           special.begin_of_text, special.cls, special.pad})
    if (id != SpecialTokens::kNone) return id;
  return SpecialTokens::kNone;
}

}  // namespace

Tokenizer::Tokenizer(ByteTokenizer bytes)
    : made_(bytes),
      kind_(ByteTokenizer::kType),
      vocab_size_(bytes.vocab_size()),
      special_(bytes.special()) {}

Tokenizer::Tokenizer(TokenizerFiles files, const std::string& where) : files_(std::move(files)) {
  const FileKind& kind = kind_of_files(files_, where);
  kind_ = kind.name;
  std::visit([&](auto&& make) { made_ = std::forward<decltype(make)>(make); },
             kind.read(files_, where));
  std::visit(
      [&](const auto& make) {
        vocab_size_ = made(make).vocab_size();
        special_ = made(make).special();
      },
      made_);
  special_.end_of_document = document_mark(special_);
  if (const Pipeline* parts = pipeline()) words_ = marks_of(*parts);
}

const Pipeline* Tokenizer::pipeline() const {
  const auto* parts = std::get_if<std::shared_ptr<const Pipeline>>(&made_);
  return parts != nullptr ? parts->get() : nullptr;
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  std::vector<int32_t> ids;
  WordCache cache(text.size());
  encode(text, options, cache, ids);
  return ids;
}

void Tokenizer::encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
                       std::vector<int32_t>& ids) const {
  std::visit([&](const auto& make) { made(make).encode(text, options, cache, ids); }, made_);
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  return std::visit([&](const auto& make) { return made(make).decode(ids); }, made_);
}

bool Tokenizer::is_special(int32_t id) const {
  return special_.contains(id) ||
         std::visit([&](const auto& make) { return made(make).is_special(id); }, made_);
}

std::string Tokenizer::token(int32_t id) const {
  return std::visit([&](const auto& make) { return std::string(made(make).token(id)); }, made_);
}

uint64_t Tokenizer::byte_count(std::span<const int32_t> ids) const { return decode(ids).size(); }

bool Tokenizer::keeps_text() const {
  return std::visit([](const auto& make) { return made(make).keeps_text(); }, made_);
}

bool Tokenizer::continues_word(int32_t previous, int32_t id) const {
  if (const auto* bytes = std::get_if<ByteTokenizer>(&made_))
    return bytes->continues_word(previous, id);
  return !is_special(previous) && !is_special(id) &&
         tessera::continues_word(words_, token(previous), token(id));
}

bool Tokenizer::ends_sentence(int32_t id, int32_t next) const {
  if (const auto* bytes = std::get_if<ByteTokenizer>(&made_)) return bytes->ends_sentence(id, next);
  return !is_special(id) && tessera::ends_sentence(words_, token(id), token(next));
}

size_t Tokenizer::safe_cut(std::string_view text) const {
  return std::visit([&](const auto& make) { return made(make).safe_cut(text); }, made_);
}

std::string Tokenizer::description() const {
  if (const auto* bytes = std::get_if<ByteTokenizer>(&made_)) return bytes->description();
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
  require(std::filesystem::is_directory(place),
          "{}: the files of its tokenizer are missing: the folder {}; put it back, or tokenize the "
          "text again",
          folder.string(), place.string());
  auto tokenizer = kept_tokenizer(place);
  require(json == nlohmann::json::parse(tokenizer->description()),
          "{}: not the tokenizer that {} was made with: here is {}, there it was {}; put the right "
          "files back, or tokenize the text again",
          place.string(), folder.string(), tokenizer->description(), std::string(description));
  return tokenizer;
}

std::shared_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& path) {
  TokenizerFiles files = TokenizerFiles::read(path);
  if (std::filesystem::is_directory(path)) files = one_of_each_kind(files, path.string());
  return std::make_shared<const Tokenizer>(std::move(files), path.string());
}

}  // namespace tessera
