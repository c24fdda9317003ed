#include "framework/tokenizer/decoder.h"

#include <algorithm>
#include <string_view>

#include "framework/tokenizer/byte_level.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using Tokens = std::vector<std::string>;

size_t character_bytes(std::string_view text, size_t at) { return decode_utf8(text, at).bytes; }

/// Replaces every `from`, left to right. An empty one is found before every character and at the end
/// (as Rust's str::replace finds it).
std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string made;
  size_t at = 0;
  if (from.empty()) {
    made = to;
    while (at < text.size()) {
      const size_t bytes = character_bytes(text, at);
      made.append(text.substr(at, bytes)).append(to);
      at += bytes;
    }
    return made;
  }
  for (size_t found; (found = text.find(from, at)) != std::string_view::npos;
       at = found + from.size())
    made.append(text.substr(at, found - at)).append(to);
  return made.append(text.substr(at));
}

/// Takes out the spaces that cutting words from punctuation and short forms left.
std::string clean_up(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> kReplacements[] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kReplacements)
    if (text.find(from) != std::string::npos) text = replace_all(text, from, to);
  return text;
}

Tokens one(std::string text) {
  Tokens tokens;
  tokens.push_back(std::move(text));
  return tokens;
}

std::string join(const Tokens& tokens, std::string_view between) {
  std::string text;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) text += between;
    text += tokens[i];
  }
  return text;
}

Tokens decode(const ByteLevelDecoder&, const Tokens& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += from_byte_characters(token).value_or(token);
  return one(std::move(text));
}

Tokens decode(const WordPieceDecoder& step, Tokens tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    std::string& token = tokens[i];
    if (i > 0) {
      if (token.starts_with(step.prefix))
        token.erase(0, step.prefix.size());
      else
        token.insert(0, 1, ' ');
    }
    if (step.cleanup) token = clean_up(std::move(token));
  }
  return tokens;
}

Tokens decode(const MetaspaceDecoder& step, Tokens tokens) {
  for (size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = replace_all(tokens[i], step.replacement, i == 0 && step.strips_first ? "" : " ");
  return tokens;
}

Tokens decode(const BpeDecoder& step, Tokens tokens) {
  for (size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = replace_all(tokens[i], step.suffix, i + 1 == tokens.size() ? "" : " ");
  return tokens;
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// The byte that a token like <0x61> stands for, or -1. A plus sign may be the first digit, as
/// Rust's from_str_radix has it.
int byte_of(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return -1;
  const int high = token[3] == '+' ? 0 : hex_digit(token[3]), low = hex_digit(token[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Tokens decode(const ByteFallbackDecoder&, Tokens tokens) {
  Tokens made;
  bool in_bytes = false;
  for (std::string& token : tokens) {
    const int byte = byte_of(token);
    if (byte < 0) {
      made.push_back(std::move(token));
    } else {
      if (!in_bytes) made.emplace_back();
      made.back().push_back(static_cast<char>(byte));
    }
    in_bytes = byte >= 0;
  }
  return made;
}

Tokens decode(const FuseDecoder&, const Tokens& tokens) { return one(join(tokens, "")); }

Tokens decode(const StripDecoder& step, Tokens tokens) {
  const std::string content = to_utf8(step.content);
  for (std::string& token : tokens) {
    std::string_view rest = token;
    for (size_t i = 0; i < step.start && rest.starts_with(content); ++i)
      rest.remove_prefix(content.size());
    for (size_t i = 0; i < step.stop && rest.ends_with(content); ++i)
      rest.remove_suffix(content.size());
    token = std::string(rest);
  }
  return tokens;
}

Tokens decode(const ReplaceDecoder& step, Tokens tokens) {
  for (std::string& token : tokens) {
    if (token.empty()) continue;
    Matches matches(step.pattern, token);
    std::string made;
    size_t done = 0;
    while (const auto match = matches.next()) {
      made.append(token, done, match->first - done).append(step.content);
      done = match->second;
    }
    made.append(token, done);
    token = std::move(made);
  }
  return tokens;
}

Tokens decode(const CtcDecoder& step, Tokens tokens) {
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  Tokens made;
  for (std::string& token : tokens) {
    token = replace_all(token, step.pad, "");
    if (step.cleanup) token = replace_all(clean_up(std::move(token)), step.word_delimiter, " ");
    if (!token.empty()) made.push_back(std::move(token));
  }
  return made;
}

}  // namespace

bool Decoder::joins_bytes() const {
  return steps_.size() == 1 && std::holds_alternative<ByteLevelDecoder>(steps_.front());
}

std::string Decoder::apply(std::vector<std::string> tokens) const {
  if (steps_.empty()) return join(tokens, " ");
  for (const DecoderStep& step : steps_)
    tokens = std::visit([&](const auto& kind) { return decode(kind, std::move(tokens)); }, step);
  return join(tokens, "");
}

}  // namespace tessera
