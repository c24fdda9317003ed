#include "framework/tokenizer/hugging_face_normalizer.h"

#include <optional>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/base64.h"
#include "framework/tokenizer/hugging_face_options.h"

namespace tessera {
namespace {

using nlohmann::json;
using Steps = std::vector<NormalizerStep>;

/// Old files have no types; the reference takes the first part whose options are there.
std::string type_by_options(const json& part) {
  if (part.contains("clean_text")) return "BertNormalizer";
  if (part.contains("strip_left")) return "Strip";
  if (part.contains("normalizers")) return "Sequence";
  if (part.contains("precompiled_charsmap")) return "Precompiled";
  if (part.contains("pattern")) return "Replace";
  if (part.contains("prepend")) return "Prepend";
  return "";
}

BertNormalizer bert(const json& part, const std::string& what) {
  BertNormalizer step;
  step.clean_text = flag_option(part, "clean_text", what);
  step.cjk_characters = flag_option(part, "handle_chinese_chars", what);
  step.lower_case = flag_option(part, "lowercase", what);
  step.strip_accents = flag_option(part, "strip_accents", step.lower_case, what);
  return step;
}

PrecompiledMap precompiled(const json& part, const std::string& what) {
  auto map = decode_base64(text_option(part, "precompiled_charsmap", what));
  require(map.has_value(), "{}: \"precompiled_charsmap\" is not base64", what);
  return {std::move(*map)};
}

/// Steps that have no options.
std::optional<NormalizerStep> plain(const std::string& type) {
  using Kind = UnicodeForm::Kind;
  if (type == "NFD") return UnicodeForm{Kind::nfd};
  if (type == "NFC") return UnicodeForm{Kind::nfc};
  if (type == "NFKD") return UnicodeForm{Kind::nfkd};
  if (type == "NFKC") return UnicodeForm{Kind::nfkc};
  if (type == "Lowercase") return LowerCase{};
  if (type == "StripAccents") return StripAccents{};
  if (type == "Nmt") return NmtNormalizer{};
  if (type == "ByteLevel") return ByteCharacters{};
  return std::nullopt;
}

void append(const json& part, const std::string& what, Steps& steps) {
  std::string type = part_type(part, what);
  if (type.empty()) type = type_by_options(part);
  if (auto step = plain(type)) {
    steps.push_back(std::move(*step));
  } else if (type == "BertNormalizer" || type == "Bert") {
    steps.emplace_back(bert(part, what));
  } else if (type == "Strip") {
    steps.emplace_back(
        StripEnds{flag_option(part, "strip_left", what), flag_option(part, "strip_right", what)});
  } else if (type == "Replace") {
    steps.emplace_back(ReplaceText{pattern_option(part, what), text_option(part, "content", what)});
  } else if (type == "Prepend") {
    steps.emplace_back(PrependText{text_option(part, "prepend", what)});
  } else if (type == "Precompiled") {
    steps.emplace_back(precompiled(part, what));
  } else if (type == "Sequence") {
    size_t number = 0;
    for (const json& inner : list_option(part, "normalizers", what))
      append(inner, fmt::format("{}, step {}", what, ++number), steps);
  } else {
    user_error(
        "{}: the type '{}' is unknown; known are BertNormalizer, Strip, StripAccents, NFC, "
        "NFD, NFKC, NFKD, Lowercase, Nmt, Precompiled, Replace, Prepend, ByteLevel and "
        "Sequence",
        what, type);
  }
}

}  // namespace

Normalizer parse_normalizer(const json& part, const std::string& what) {
  Steps steps;
  if (!part.is_null()) append(part, what, steps);
  return Normalizer(std::move(steps));
}

}  // namespace tessera
