// The tokens of a template as its parsers take them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/chat/lexer.h"

namespace tessera::chat {

class TokenStream {
 public:
  TokenStream(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  const Token& here() const { return tokens_[at_]; }
  const Token& ahead() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  /// The token here, which is passed.
  const Token& take() {
    const Token& token = here();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }

  bool at(TokenKind kind) const { return here().kind == kind; }
  bool at_sign(std::string_view text) const { return is(here(), TokenKind::sign, text); }
  bool at_word(std::string_view text) const { return is(here(), TokenKind::name, text); }
  static bool is(const Token& token, TokenKind kind, std::string_view text) {
    return token.kind == kind && token.text == text;
  }
  bool take_sign(std::string_view text) { return at_sign(text) && (take(), true); }
  bool take_word(std::string_view text) { return at_word(text) && (take(), true); }

  void expect_sign(std::string_view text) {
    if (!take_sign(text)) fail_here(fmt::format("'{}' must stand", text));
  }
  void expect(TokenKind kind, std::string_view what) {
    if (!at(kind)) fail_here(fmt::format("{} must stand", what));
    take();
  }
  std::string expect_name(std::string_view what) {
    if (!at(TokenKind::name)) fail_here(fmt::format("{} must stand", what));
    return take().text;
  }

  /// Refuses the token here: `what` must stand in its place.
  [[noreturn]] void fail_here(const std::string& what) const {
    fail(here().offset, fmt::format("{} here, not {}", what, described(here())));
  }
  [[noreturn]] void fail(size_t offset, const std::string& what) const {
    error_at(source_, offset, what);
  }

  static std::string described(const Token& token) {
    switch (token.kind) {
      case TokenKind::text:
      case TokenKind::end:
        return "the end of the template";
      case TokenKind::output_begin:
      case TokenKind::block_begin:
        return "a new tag";
      case TokenKind::output_end:
      case TokenKind::block_end:
        return "the end of the tag";
      case TokenKind::string:
        return "a text in quotes";
      default:
        return "'" + token.text + "'";
    }
  }

 private:
  std::string_view source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace tessera::chat
