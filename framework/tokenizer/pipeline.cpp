#include "framework/tokenizer/pipeline.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

bool is_ascii_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

bool is_ascii_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_ascii_punctuation(char byte) {
  return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') ||
         (byte >= '[' && byte <= '`') || (byte >= '{' && byte <= '~');
}

/// Whether the letters on both sides of a space stay what they are, and the space, too.
bool keeps_borders(const Normalizer& normalizer) {
  return std::none_of(normalizer.steps().begin(), normalizer.steps().end(),
                      [](const NormalizerStep& step) {
                        return std::holds_alternative<StripEnds>(step) ||
                               std::holds_alternative<ReplaceText>(step) ||
                               std::holds_alternative<PrependText>(step) ||
                               std::holds_alternative<PrecompiledMap>(step) ||
                               std::holds_alternative<ByteCharacters>(step);
                      });
}

/// The end of the word, or of the mark of punctuation, that begins at text[at] in BERT's pipeline. A
/// mark stands alone, but a character behind it that is not ASCII may combine with it.
size_t end_of_bert_word(std::string_view text, size_t at) {
  const auto combines = [&](size_t next) {
    return next < text.size() && static_cast<unsigned char>(text[next]) >= 0x80;
  };
  if (is_ascii_punctuation(text[at]) && !combines(at + 1)) return at + 1;
  size_t end = at + 1;
  while (end < text.size() && !is_ascii_space(text[end]) && !is_ascii_punctuation(text[end])) ++end;
  return end;
}

const Vocabulary& vocabulary_of(const TokenModel& model) {
  return std::visit([](const auto& m) -> const Vocabulary& { return m.vocabulary(); }, model);
}

/// Normalizes valid UTF-8, and between invalid bytes leaves those as they are.
void normalize_bytes(const Normalizer& normalizer, std::string& text) {
  if (is_utf8(text)) return normalizer.apply(text);
  std::string result, valid;
  const auto flush = [&] {
    if (valid.empty()) return;
    normalizer.apply(valid);
    result += valid;
    valid.clear();
  };
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (!point.valid()) flush();
    (point.valid() ? valid : result).append(text, at, point.bytes);
    at += point.bytes;
  }
  flush();
  text = std::move(result);
}

}  // namespace

/// The state of one call of encode(): what the parts make on the way, and where ids go.
class Pipeline::Encoding {
 public:
  Encoding(const Pipeline& pipeline, const EncodeOptions& options, WordCache& cache,
           std::vector<int32_t>& ids)
      : pipeline_(pipeline), parts_(pipeline.parts_), options_(options), cache_(cache), ids_(ids) {}

  void text(std::string_view text) {
    if (!parts_.added.any_written(options_.specials)) return written(text, options_.begins);
    std::vector<Segment> segments;
    parts_.added.cut_written(text, options_.specials, segments);
    bool begins = options_.begins;
    for (const Segment& segment : segments) {
      if (segment.added >= 0)
        ids_.push_back(segment.added);
      else
        written(segment.text, begins);
      begins = false;
    }
  }

 private:
  void written(std::string_view text, bool begins) {
    if (text.empty()) return;
    if (pipeline_.whole_words_) return words(text);
    if (parts_.normalizer.empty() && (pipeline_.byte_level_ || is_utf8(text)))
      return normalized(text, begins);
    const std::string changed = normalize(text);
    normalized(changed, begins);
  }

  std::string normalize(std::string_view text) const {
    std::string changed = pipeline_.byte_level_ ? std::string(text) : replace_invalid_utf8(text);
    if (pipeline_.byte_level_)
      normalize_bytes(parts_.normalizer, changed);
    else
      parts_.normalizer.apply(changed);
    return changed;
  }

  void normalized(std::string_view text, bool begins) {
    if (!parts_.added.any_normalized(options_.specials)) return pieces(text, begins);
    std::vector<Segment> segments;
    parts_.added.cut_normalized(text, options_.specials, segments);
    for (const Segment& segment : segments) {
      if (segment.added >= 0)
        ids_.push_back(segment.added);
      else
        pieces(segment.text, begins);
      begins = false;
    }
  }

  void pieces(std::string_view text, bool begins) {
    if (text.empty()) return;
    if (pipeline_.scanner_) return scan(text, *pipeline_.scanner_);
    Pieces cut;
    cut.list.push_back(text);
    parts_.pre_tokenizer.cut(cut, begins);
    for (const std::string_view piece : cut.list)
      if (!piece.empty()) model(piece, piece.data() + piece.size());
  }

  void scan(std::string_view text, Scanner scanner) {
    const char* end = text.data() + text.size();
    for (size_t at = 0; at < text.size();) {
      const size_t next = scanner(text, at);
      model(text.substr(at, next - at), end);
      at = next;
    }
  }

  void model(std::string_view piece, const char* end) {
    if (cache_.find(piece, end, ids_)) return;
    const size_t begin = ids_.size();
    std::visit([&](const auto& m) { m.encode(piece, ids_); }, parts_.model);
    cache_.keep(piece, std::span(ids_).subspan(begin));
  }

  void words(std::string_view text) {
    const char* end = text.data() + text.size();
    for (size_t at = 0; at < text.size();) {
      if (is_ascii_space(text[at])) {
        ++at;
        continue;
      }
      const size_t next = end_of_bert_word(text, at);
      word(text.substr(at, next - at), end);
      at = next;
    }
  }

  void word(std::string_view word, const char* end) {
    if (cache_.find(word, end, ids_)) return;
    const size_t begin = ids_.size();
    Pieces cut;
    cut.list.push_back(cut.keep(normalize(word)));
    parts_.pre_tokenizer.cut(cut, false);
    for (const std::string_view piece : cut.list)
      if (!piece.empty()) std::visit([&](const auto& m) { m.encode(piece, ids_); }, parts_.model);
    cache_.keep(word, std::span(ids_).subspan(begin));
  }

  const Pipeline& pipeline_;
  const PipelineParts& parts_;
  const EncodeOptions& options_;
  WordCache& cache_;
  std::vector<int32_t>& ids_;
};

Pipeline::Pipeline(PipelineParts parts) : parts_(std::move(parts)) {
  vocab_size_ = vocabulary_of(parts_.model).size();
  for (const AddedToken& token : parts_.added.list())
    vocab_size_ = std::max(vocab_size_, token.id + 1);
  for (const auto& [id, token] : parts_.written) vocab_size_ = std::max(vocab_size_, id + 1);
  byte_level_ = parts_.pre_tokenizer.byte_level();
  scanner_ = lone_scanner();
  whole_words_ = words_stand_alone();
}

std::optional<Scanner> Pipeline::lone_scanner() const {
  const auto& steps = parts_.pre_tokenizer.steps();
  if (steps.empty() || steps.size() > 2) return std::nullopt;
  const auto* bytes = std::get_if<ByteLevelStep>(&steps.back());
  if (bytes == nullptr || bytes->add_prefix_space) return std::nullopt;
  if (steps.size() == 1) return bytes->use_regex ? std::optional<Scanner>(scan_gpt2) : std::nullopt;
  const auto* split = std::get_if<SplitStep>(&steps.front());
  const bool alone = split != nullptr && split->delimiter == Delimiter::isolated && !split->invert;
  return alone && !bytes->use_regex ? split->scanner : std::nullopt;
}

bool Pipeline::words_stand_alone() const {
  if (parts_.added.any_normalized(true)) return false;
  const auto& normalizers = parts_.normalizer.steps();
  const bool bert = normalizers.empty() || (normalizers.size() == 1 &&
                                            std::holds_alternative<BertNormalizer>(normalizers[0]));
  const auto& cuts = parts_.pre_tokenizer.steps();
  return bert && cuts.size() == 1 && std::holds_alternative<BertStep>(cuts[0]);
}

void Pipeline::encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
                      std::vector<int32_t>& ids) const {
  Encoding(*this, options, cache, ids).text(text);
}

std::string_view Pipeline::token(int32_t id) const {
  const std::string_view own = vocabulary_of(parts_.model).token(id);
  if (!own.empty()) return own;
  const AddedToken* added = parts_.added.find(id);
  return added != nullptr ? std::string_view(added->content) : std::string_view();
}

bool Pipeline::is_special(int32_t id) const {
  const AddedToken* added = parts_.added.find(id);
  return (added != nullptr && added->special) || parts_.special.contains(id);
}

std::string Pipeline::decode(std::span<const int32_t> ids) const {
  std::vector<std::string> tokens;
  std::string bytes;
  for (const int32_t id : ids) {
    require(id >= 0 && id < vocab_size_, "{} is no token of this tokenizer; ids are 0 to {}", id,
            vocab_size_ - 1);
    if (is_special(id)) continue;
    if (const auto written = parts_.written.find(id); written != parts_.written.end())
      bytes += written->second;
    else if (byte_level_)
      bytes += token(id);
    else
      tokens.emplace_back(token(id));
  }
  return byte_level_ ? bytes : parts_.decoder.apply(std::move(tokens));
}

bool Pipeline::keeps_text() const {
  const auto* bpe = std::get_if<Bpe>(&parts_.model);
  const auto prefixes = [](const PreTokenizerStep& step) {
    const auto* bytes = std::get_if<ByteLevelStep>(&step);
    return bytes != nullptr && bytes->add_prefix_space;
  };
  const auto& steps = parts_.pre_tokenizer.steps();
  return byte_level_ && parts_.normalizer.empty() && bpe != nullptr && bpe->has_all_bytes() &&
         std::none_of(steps.begin(), steps.end(), prefixes);
}

size_t Pipeline::safe_cut(std::string_view text) const {
  // Specials are not looked for in texts that are cut.
  if (parts_.added.any_written(false) || parts_.added.any_normalized(false)) return 0;
  if (whole_words_) {
    for (size_t at = text.size(); at-- > 1;)
      if (is_ascii_space(text[at])) return at;
    return 0;
  }
  if (!scanner_ || !keeps_borders(parts_.normalizer)) return 0;
  // Between a letter and a space that a letter follows, all known expressions cut, and none looks
  // further back.
  for (size_t at = text.size(); at-- > 1;)
    if (text[at] == ' ' && is_ascii_letter(text[at - 1]) && at + 1 < text.size() &&
        is_ascii_letter(text[at + 1]))
      return at;
  return 0;
}

}  // namespace tessera
