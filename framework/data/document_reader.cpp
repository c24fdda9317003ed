#include "framework/data/document_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "framework/data/delimited_reader.h"
#include "framework/data/json_lines_reader.h"
#include "framework/data/whole_text_reader.h"

namespace tessera {
namespace {

/// Whether the first two lines begin like JSON objects: a document that is one object does not.
bool looks_like_json_lines(TextStream& text) {
  constexpr size_t kLongestFirstLine = size_t{1} << 20;
  size_t newline = std::string_view::npos;
  if (text.want(1) && text.ahead()[0] != '{') return false;
  for (size_t wanted = InputFile::kHeadBytes; newline == std::string_view::npos; wanted *= 4) {
    const bool more = text.want(wanted);
    newline = text.ahead().find('\n');
    if (newline == std::string_view::npos && (!more || wanted > kLongestFirstLine)) return false;
  }
  text.want(newline + 2);
  return text.ahead().substr(newline + 1).starts_with('{');
}

}  // namespace

DocumentPlace place_ahead(const TextStream& text) {
  return {.position = text.position(), .line = text.line(), .hash = text.hash()};
}

TextFormat format_by_name(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const std::string_view ending : {".gz", ".zst"})
    if (lower.ends_with(ending)) lower.resize(lower.size() - ending.size());
  using Ending = std::pair<std::string_view, TextFormat>;
  constexpr std::array<Ending, 6> kEndings{{{".json", TextFormat::by_name},
                                            {".jsonl", TextFormat::json_lines},
                                            {".ndjson", TextFormat::json_lines},
                                            {".csv", TextFormat::csv},
                                            {".tsv", TextFormat::tsv},
                                            {".tab", TextFormat::tsv}}};
  for (const auto& [ending, format] : kEndings)
    if (lower.ends_with(ending)) return format;
  return TextFormat::text;
}

TextFormat format_of(const std::string& name, TextStream& text, TextFormat asked) {
  if (asked != TextFormat::by_name) return asked;
  const TextFormat format = format_by_name(name);
  if (format != TextFormat::by_name) return format;
  return looks_like_json_lines(text) ? TextFormat::json_lines : TextFormat::text;
}

std::unique_ptr<DocumentReader> read_documents(TextStream& text, const std::string& name,
                                               const ReadingOptions& options) {
  switch (format_of(name, text, options.format)) {
    case TextFormat::json_lines:
      return std::make_unique<JsonLinesReader>(text, name, options.text_key);
    case TextFormat::csv:
      return std::make_unique<DelimitedReader>(text, name, ',', options.columns);
    case TextFormat::tsv:
      return std::make_unique<DelimitedReader>(text, name, '\t', options.columns);
    case TextFormat::text:
    case TextFormat::by_name:
      break;
  }
  return std::make_unique<WholeTextReader>(text);
}

}  // namespace tessera
