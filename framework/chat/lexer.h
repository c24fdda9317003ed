// Cuts a template into tokens: text between tags, and what stands in tags. White space around tags
// is taken off as jinja2 does with trim_blocks and lstrip_blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::chat {

enum class TokenKind {
  text,  // outside of tags
  output_begin,
  output_end,
  block_begin,
  block_end,
  name,
  string,
  integer,
  real,
  sign,  // an operator or bracket
  end,
};

struct Token {
  TokenKind kind;
  std::string text;  // of a string: its value
  size_t offset;     // in the source
};

/// A template's text with newlines as \n and without the last one.
std::string template_source(std::string_view text);
/// Throws a UserError with `what`, and the line and column of `offset`.
[[noreturn]] void error_at(std::string_view source, size_t offset, const std::string& what);
std::vector<Token> tokenize_template(std::string_view source);

}  // namespace tessera::chat
