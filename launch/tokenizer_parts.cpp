#include "launch/tokenizer_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <variant>
#include <vector>

#include "framework/tokenizer/utf8.h"
#include "launch/visible_text.h"

namespace tessera {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr std::string_view kOniguruma = "Oniguruma's classes (Unicode 16.0)";
constexpr std::string_view kFancyRegex = "fancy-regex's classes (Unicode 16.0)";
constexpr std::string_view kRustRegex = "the regex crate's classes (Unicode 16.0)";
constexpr std::string_view kBert = "BERT's classes (Unicode 8.0)";
constexpr std::string_view kForms = "normalization forms (Unicode 9.0 and some later maps)";
constexpr std::string_view kRust = "Rust's classes (Unicode 17.0)";
constexpr std::string_view kGraphemes = "grapheme clusters (Unicode 17.0)";

/// The tables of a pattern, after a semicolon; a text needs none.
std::string tables_of(const Pattern& pattern) {
  if (!pattern.is_regex()) return {};
  return fmt::format("; {}",
                     pattern.dialect() == RegexDialect::oniguruma ? kOniguruma : kFancyRegex);
}

std::string_view kind_of(const Pattern& pattern) {
  return pattern.is_regex() ? "expression" : "text";
}

std::string engine_of(const SplitStep& split) {
  if (!split.pattern.is_regex()) return {};
  if (split.scanner) return ", by a hand-written scanner";
  return split.pattern.for_pcre2() ? ", by PCRE2" : ", by Tessera's own engine";
}

/// The tables of BERT's normalizer, after a semicolon: each of its options has its own.
std::string tables_of(const BertNormalizer& bert) {
  std::vector<std::string_view> tables;
  if (bert.clean_text || bert.cjk_characters || bert.strip_accents) tables.push_back(kBert);
  if (bert.clean_text || bert.lower_case) tables.push_back(kRust);
  if (bert.strip_accents) tables.push_back(kForms);
  return tables.empty() ? "" : fmt::format("; {}", fmt::join(tables, ", "));
}

}  // namespace

std::string described(const NormalizerStep& step) {
  return std::visit(
      Overloaded{
          [](const UnicodeForm& form) {
            constexpr std::string_view kNames[] = {"NFD", "NFC", "NFKD", "NFKC"};
            return fmt::format("{}: {}", kNames[static_cast<size_t>(form.kind)], kForms);
          },
          [](const LowerCase&) { return fmt::format("Lowercase: {}", kRust); },
          [](const StripAccents&) { return fmt::format("StripAccents: {}", kForms); },
          [](const StripEnds&) { return fmt::format("Strip: {}", kRust); },
          [](const ReplaceText& replace) {
            return fmt::format("Replace: {} '{}' by '{}'{}", kind_of(replace.pattern),
                               visible(replace.pattern.text()), visible(replace.content),
                               tables_of(replace.pattern));
          },
          [](const PrependText& prepend) {
            return fmt::format("Prepend: '{}'", visible(prepend.text));
          },
          [](const BertNormalizer& bert) {
            return fmt::format(
                "BertNormalizer: clean text {}, CJK characters {}, strip accents {}, lower case {}{}",
                bert.clean_text, bert.cjk_characters, bert.strip_accents, bert.lower_case,
                tables_of(bert));
          },
          [](const NmtNormalizer&) { return std::string("Nmt"); },
          [](const PrecompiledMap& map) {
            return fmt::format("Precompiled: the file's own map of {} bytes; {}",
                               map.charsmap.size(), kGraphemes);
          },
          [](const ByteCharacters&) { return std::string("ByteLevel"); }},
      step);
}

std::string described(const PreTokenizerStep& step) {
  return std::visit(
      Overloaded{
          [](const SplitStep& split) {
            return fmt::format("Split: {} '{}'{}{}", kind_of(split.pattern),
                               visible(split.pattern.text()), engine_of(split),
                               tables_of(split.pattern));
          },
          [](const ByteLevelStep& bytes) {
            return fmt::format("ByteLevel: {}bytes as the model's alphabet{}{}",
                               bytes.use_regex ? "GPT-2's expression, " : "",
                               bytes.add_prefix_space ? ", a space put in front" : "",
                               bytes.use_regex ? fmt::format("; {}", kOniguruma) : "");
          },
          [](const DigitsStep&) { return fmt::format("Digits: {}", kRust); },
          [](const PunctuationStep&) { return fmt::format("Punctuation: {}", kBert); },
          [](const WhitespaceStep&) { return fmt::format("Whitespace: {}", kRustRegex); },
          [](const WhitespaceSplitStep&) { return fmt::format("WhitespaceSplit: {}", kRust); },
          [](const BertStep&) { return fmt::format("BertPreTokenizer: {}, {}", kBert, kRust); },
          [](const MetaspaceStep& mark) {
            return fmt::format("Metaspace: '{}' for a space", mark.replacement);
          },
          [](const CharDelimiterStep& cut) {
            return fmt::format("CharDelimiterSplit: '{}'", visible(to_utf8(cut.delimiter)));
          },
          [](const UnicodeScriptsStep&) {
            return std::string("UnicodeScripts: the scripts of tokenizers");
          },
          [](const FixedLengthStep& length) {
            return fmt::format("FixedLength: {} characters", length.characters);
          }},
      step);
}

std::string described(const TokenModel& model) {
  return std::visit(Overloaded{[](const Bpe& bpe) {
                                 return fmt::format(
                                     "BPE over {}{}", bpe.options().bytes ? "bytes" : "characters",
                                     bpe.options().ignore_merges ? ", whole pieces first" : "");
                               },
                               [](const WordPiece& pieces) {
                                 return fmt::format("WordPiece, '{}' before what goes on",
                                                    pieces.continuing_prefix());
                               },
                               [](const WordLevel&) { return std::string("WordLevel"); },
                               [](const Unigram&) { return std::string("Unigram"); }},
                    model);
}

std::string described(const AddedTokens& tokens) {
  size_t specials = 0;
  bool looks_around = false;
  for (const AddedToken& token : tokens.list()) {
    specials += token.special ? 1 : 0;
    looks_around |= token.single_word || token.left_strip || token.right_strip;
  }
  return fmt::format("{}, of which {} special{}", tokens.list().size(), specials,
                     looks_around ? fmt::format("; {}", kRustRegex) : "");
}

}  // namespace tessera
