#include "framework/tokenizer/hugging_face_pre_tokenizer.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/hugging_face_options.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using nlohmann::json;
using Steps = std::vector<PreTokenizerStep>;

void know_options(const json& part, std::initializer_list<std::string_view> known,
                  const std::string& what) {
  for (const auto& [name, value] : part.items()) {
    const bool found = name == "type" || std::find(known.begin(), known.end(), name) != known.end();
    require(found, "{}: the option \"{}\" of {} is unknown", what, name, part_type(part, what));
  }
}

Delimiter delimiter_of(const std::string& name, const std::string& what) {
  static constexpr std::array<std::pair<std::string_view, Delimiter>, 5> kKnown = {
      {{"Removed", Delimiter::removed},
       {"Isolated", Delimiter::isolated},
       {"MergedWithPrevious", Delimiter::merged_with_previous},
       {"MergedWithNext", Delimiter::merged_with_next},
       {"Contiguous", Delimiter::contiguous}}};
  for (const auto& [known, delimiter] : kKnown)
    if (known == name) return delimiter;
  user_error(
      "{}: the behavior '{}' is unknown; known are Removed, Isolated, MergedWithPrevious, "
      "MergedWithNext and Contiguous",
      what, name);
}

SplitStep split(const json& part, const std::string& what) {
  know_options(part, {"pattern", "behavior", "invert"}, what);
  Pattern pattern = pattern_option(part, what);
  std::optional<Scanner> scanner;
  if (pattern.is_regex()) scanner = known_scanner(pattern.text(), RegexDialect::oniguruma);
  const Delimiter delimiter = delimiter_of(text_option(part, "behavior", what), what);
  const bool invert = flag_option(part, "invert", what);
  return {std::move(pattern), delimiter, invert, scanner};
}

ByteLevelStep byte_level(const json& part, const std::string& what) {
  know_options(part, {"add_prefix_space", "trim_offsets", "use_regex"}, what);
  flag_option(part, "trim_offsets", what);  // Tessera has no use for offsets
  return {.add_prefix_space = flag_option(part, "add_prefix_space", what),
          .use_regex = flag_option(part, "use_regex", true, what)};
}

MetaspaceStep metaspace(const json& part, const std::string& what) {
  using Prepend = MetaspaceStep::Prepend;
  know_options(part, {"replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"},
               what);
  MetaspaceStep step;
  step.replacement = to_utf8(character_option(part, "replacement", what));
  const std::string scheme = text_option(part, "prepend_scheme", "always", what);
  require(scheme == "always" || scheme == "first" || scheme == "never",
          "{}: the prepend_scheme '{}' is unknown; known are always, first and never", what,
          scheme);
  step.prepend = scheme == "always"  ? Prepend::always
                 : scheme == "first" ? Prepend::first
                                     : Prepend::never;
  require(step.prepend == Prepend::never || flag_option(part, "add_prefix_space", true, what),
          "{}: add_prefix_space is false, which contradicts the prepend_scheme '{}'", what, scheme);
  step.split = flag_option(part, "split", true, what);
  return step;
}

FixedLengthStep fixed_length(const json& part, const std::string& what) {
  know_options(part, {"length"}, what);
  const int64_t length = part.contains("length") ? count_option(part, "length", what) : 5;
  require(length > 0, "{}: the length must be at least 1", what);
  return {static_cast<size_t>(length)};
}

template <typename Step>
Step plain(const json& part, const std::string& what) {
  know_options(part, {}, what);
  return {};
}

PreTokenizerStep step_of(const std::string& type, const json& part, const std::string& what) {
  if (type == "Split") return split(part, what);
  if (type == "ByteLevel") return byte_level(part, what);
  if (type == "Metaspace") return metaspace(part, what);
  if (type == "FixedLength") return fixed_length(part, what);
  if (type == "Whitespace") return plain<WhitespaceStep>(part, what);
  if (type == "WhitespaceSplit") return plain<WhitespaceSplitStep>(part, what);
  if (type == "BertPreTokenizer") return plain<BertStep>(part, what);
  if (type == "UnicodeScripts") return plain<UnicodeScriptsStep>(part, what);
  if (type == "Digits") {
    know_options(part, {"individual_digits"}, what);
    return DigitsStep{flag_option(part, "individual_digits", what)};
  }
  if (type == "Punctuation") {
    know_options(part, {"behavior"}, what);
    return PunctuationStep{delimiter_of(text_option(part, "behavior", "Isolated", what), what)};
  }
  if (type == "CharDelimiterSplit") {
    know_options(part, {"delimiter"}, what);
    return CharDelimiterStep{character_option(part, "delimiter", what)};
  }
  require(!type.empty(), "{}: \"type\" is missing", what);
  user_error(
      "{}.type: the pre-tokenizer '{}' is unknown; known are BertPreTokenizer, ByteLevel, "
      "CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, "
      "UnicodeScripts, Whitespace and WhitespaceSplit",
      what, type);
}

void append(const json& part, const std::string& what, Steps& steps) {
  const std::string type = part_type(part, what);
  if (type == "Sequence") {
    know_options(part, {"pretokenizers"}, what);
    size_t number = 0;
    for (const json& inner : list_option(part, "pretokenizers", what))
      append(inner, fmt::format("{}.pretokenizers[{}]", what, number++), steps);
    return;
  }
  PreTokenizerStep step = step_of(type, part, what);
  // The reference's later steps would see the characters that stand for bytes.
  require(steps.empty() || !std::holds_alternative<ByteLevelStep>(steps.back()),
          "{}: {} after ByteLevel is not supported; ByteLevel must be the last step", what, type);
  steps.push_back(std::move(step));
}

}  // namespace

PreTokenizer parse_pre_tokenizer(const json& part, const std::string& what) {
  Steps steps;
  if (!part.is_null()) append(part, what, steps);
  return PreTokenizer(std::move(steps));
}

}  // namespace tessera
