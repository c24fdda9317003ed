// `tessera tokenizer show`: what a tokenizer is made of, and what each part makes of a text.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <variant>

#include "framework/core/error.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/utf8.h"
#include "launch/command_line.h"
#include "launch/tokenizer_modes.h"
#include "launch/visible_text.h"

namespace tessera {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr std::string_view kRegexTables = "the regular expressions' classes (Unicode 16.0)";
constexpr std::string_view kBertTables = "BERT's classes (Unicode 8.0)";
constexpr std::string_view kFormTables = "normalization forms (Unicode 9.0 and some later maps)";
constexpr std::string_view kRustTables = "Rust's classes (Unicode 17.0)";

std::string named(const NormalizerStep& step) {
  return std::visit(
      Overloaded{
          [](const UnicodeForm& form) {
            constexpr std::string_view kNames[] = {"NFD", "NFC", "NFKD", "NFKC"};
            return fmt::format("{}: {}", kNames[static_cast<size_t>(form.kind)], kFormTables);
          },
          [](const LowerCase&) { return fmt::format("Lowercase: {}", kRustTables); },
          [](const StripAccents&) { return fmt::format("StripAccents: {}", kFormTables); },
          [](const StripEnds&) { return fmt::format("Strip: {}", kRustTables); },
          [](const ReplaceText& replace) {
            return fmt::format("Replace: '{}' by '{}'", replace.pattern.text(), replace.content);
          },
          [](const PrependText& prepend) { return fmt::format("Prepend: '{}'", prepend.text); },
          [](const BertNormalizer& bert) {
            return fmt::format(
                "BertNormalizer: clean text {}, CJK characters {}, strip accents {}, lower case {}; {}",
                bert.clean_text, bert.cjk_characters, bert.strip_accents, bert.lower_case,
                kBertTables);
          },
          [](const NmtNormalizer&) { return std::string("Nmt"); },
          [](const PrecompiledMap& map) {
            return fmt::format("Precompiled: the file's own map of {} bytes", map.charsmap.size());
          },
          [](const ByteCharacters&) { return std::string("ByteLevel"); }},
      step);
}

std::string named(const PreTokenizerStep& step) {
  return std::visit(
      Overloaded{[](const SplitStep& split) {
                   return fmt::format("Split: {} '{}', by {}; {}",
                                      split.pattern.is_regex() ? "expression" : "text",
                                      visible(split.pattern.text()),
                                      split.scanner ? "a hand-written scanner" : "PCRE2",
                                      kRegexTables);
                 },
                 [](const ByteLevelStep& bytes) {
                   return fmt::format("ByteLevel: {}bytes as the model's alphabet{}",
                                      bytes.use_regex ? "GPT-2's expression, " : "",
                                      bytes.add_prefix_space ? ", a space put in front" : "");
                 },
                 [](const DigitsStep&) { return fmt::format("Digits: {}", kRustTables); },
                 [](const PunctuationStep&) { return fmt::format("Punctuation: {}", kBertTables); },
                 [](const WhitespaceStep&) { return fmt::format("Whitespace: {}", kRegexTables); },
                 [](const WhitespaceSplitStep&) {
                   return fmt::format("WhitespaceSplit: {}", kRustTables);
                 },
                 [](const BertStep&) { return fmt::format("BertPreTokenizer: {}", kBertTables); },
                 [](const MetaspaceStep& mark) {
                   return fmt::format("Metaspace: '{}' for a space", mark.replacement);
                 },
                 [](const CharDelimiterStep& cut) {
                   return fmt::format("CharDelimiterSplit: '{}'", to_utf8(cut.delimiter));
                 },
                 [](const UnicodeScriptsStep&) { return std::string("UnicodeScripts"); },
                 [](const FixedLengthStep& length) {
                   return fmt::format("FixedLength: {} characters", length.characters);
                 }},
      step);
}

std::string named(const TokenModel& model) {
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

std::string joined(const std::vector<std::string_view>& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += (text.empty() ? "" : " | ") + visible(piece);
  return text;
}

void print_parts(const Tokenizer& tokenizer) {
  const std::string file = file_of_tokens(tokenizer);
  const bool told = tokenizer.kind().find(file) != std::string::npos;
  fmt::print("{}{}: {} ids", tokenizer.kind(), told ? "" : " (" + file + ")",
             grouped(tokenizer.vocab_size()));
  const Pipeline* parts = tokenizer.pipeline();
  if (parts == nullptr) {
    fmt::print("\n");
    return;
  }
  fmt::print(", {}\n", named(parts->parts().model));
  size_t specials = 0;
  for (const AddedToken& token : parts->parts().added.list()) specials += token.special ? 1 : 0;
  fmt::print("  added tokens   {}, of which {} special\n", parts->parts().added.list().size(),
             specials);
  for (const NormalizerStep& step : parts->parts().normalizer.steps())
    fmt::print("  normalizer     {}\n", named(step));
  for (const PreTokenizerStep& step : parts->parts().pre_tokenizer.steps())
    fmt::print("  pre-tokenizer  {}\n", named(step));
}

/// What each part makes of the text, one line a part.
void print_steps(const Pipeline& pipeline, const std::string& given, bool specials) {
  const PipelineParts& parts = pipeline.parts();
  std::string text = given;
  if (parts.added.any_written(specials)) {
    std::vector<Segment> segments;
    parts.added.cut_written(text, specials, segments);
    std::vector<std::string_view> cuts;
    for (const Segment& segment : segments) cuts.push_back(segment.text);
    if (cuts.size() > 1) fmt::print("  added tokens cut      {}\n", joined(cuts));
  }
  if (!pipeline.byte_level()) text = replace_invalid_utf8(text);
  for (const NormalizerStep& step : parts.normalizer.steps()) {
    const std::string before = text;
    Normalizer({step}).apply(text);
    if (text != before) fmt::print("  {:<22}{}\n", "normalizer makes", visible(text));
  }
  Pieces pieces;
  pieces.list.push_back(text);
  for (const PreTokenizerStep& step : parts.pre_tokenizer.steps()) {
    const size_t before = pieces.list.size();
    PreTokenizer({step}).cut(pieces, true);
    if (pieces.list.size() != before)
      fmt::print("  pre-tokenizer cuts    {}\n", joined(pieces.list));
  }
}

}  // namespace

int tokenizer_show(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer show",
      .summary =
          "Says what a tokenizer is made of and which tables of characters it uses; with a text also "
          "what each part makes of it, and its tokens, ids and bytes.",
      .words =
          {{"SOURCE",
            "a folder or file of a tokenizer, or of shards, a run or a checkpoint; or `bytes`"},
           {"TEXT", "what to cut", Word::Count::optional}},
      .options = {{"specials", "", "special tokens that the text spells out become those tokens"}},
      .examples = {"gpt2/ 'Héllo 🦙'"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const auto tokenizer = named_tokenizer(given->text("SOURCE"), "SOURCE");
  print_parts(*tokenizer);
  if (!given->has("TEXT")) return 0;
  const std::string text = given->text("TEXT");
  const EncodeOptions options{.specials = given->has("specials")};
  if (tokenizer->pipeline() != nullptr) print_steps(*tokenizer->pipeline(), text, options.specials);
  const std::vector<int32_t> ids = tokenizer->encode(text, options);
  fmt::print("\n{:>8}  {:<24} bytes\n", "id", "token");
  for (const int32_t id : ids) {
    const std::string bytes = tokenizer->decode({&id, 1});
    std::string hex;
    for (const char byte : bytes) hex += fmt::format("{:02x} ", static_cast<unsigned char>(byte));
    fmt::print("{:>8}  {:<24} {}\n", id, visible(tokenizer->token(id)), hex);
  }
  fmt::print("{} tokens, {} bytes\n", ids.size(), text.size());
  if (const std::string back = tokenizer->decode(ids); back != text)
    fmt::print("decoded they are another text: {}\n", visible(back));
  return 0;
}

}  // namespace tessera
