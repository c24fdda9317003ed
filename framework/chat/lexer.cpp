#include "framework/chat/lexer.h"

#include <algorithm>
#include <utility>

#include "framework/chat/python_text.h"
#include "framework/chat/string_literal.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

class TemplateLexer {
 public:
  explicit TemplateLexer(std::string_view source) : source_(source) {}

  std::vector<Token> tokens() {
    while (at_ < source_.size()) {
      const size_t begin = next_tag();
      text_before(begin);
      if (begin == source_.size()) break;
      const char kind = source_[begin + 1];
      at_ = begin + 2;
      if (char_at(at_) == '-' || char_at(at_) == '+') ++at_;
      if (kind == '#')
        skip_comment(begin);
      else if (kind == '%' && begins_raw())
        raw(begin);
      else
        tag(begin, kind == '{');
    }
    tokens_.push_back({TokenKind::end, "", source_.size()});
    return std::move(tokens_);
  }

 private:
  char char_at(size_t at) const { return at < source_.size() ? source_[at] : '\0'; }
  bool here(std::string_view text) const { return source_.substr(at_, text.size()) == text; }

  /// The next "{{", "{%" or "{#", or the end.
  size_t next_tag() const {
    for (size_t at = at_;;) {
      at = source_.find('{', at);
      if (at == std::string_view::npos || at + 1 >= source_.size()) return source_.size();
      const char next = source_[at + 1];
      if (next == '{' || next == '%' || next == '#') return at;
      ++at;
    }
  }

  void skip_spaces() {
    while (at_ < source_.size() && is_space(character_at(source_, at_)))
      at_ += character_bytes(source_, at_);
  }

  /// The text from here to the tag at `begin`, without what the tag takes off.
  void text_before(size_t begin) {
    std::string_view text = source_.substr(at_, begin - at_);
    const char sign = begin < source_.size() ? char_at(begin + 2) : '+';
    if (sign == '-') {
      text = strip(text, Side::right);
    } else if (sign != '+' && char_at(begin + 1) != '{') {
      const size_t newline = text.rfind('\n');
      const size_t line = newline == std::string_view::npos ? 0 : newline + 1;
      if ((line > 0 || line_starts_) && strip(text.substr(line), Side::left).empty())
        text = text.substr(0, line);
    }
    if (!text.empty()) tokens_.push_back({TokenKind::text, std::string(text), at_});
  }

  /// Takes off the white space after a tag that ended with `sign` before its bracket.
  void after_tag(char sign, bool trims_newline) {
    const size_t begin = at_;
    if (sign == '-')
      skip_spaces();
    else if (sign != '+' && trims_newline && char_at(at_) == '\n')
      ++at_;
    line_starts_ = at_ > begin && source_[at_ - 1] == '\n';
  }

  void skip_comment(size_t begin) {
    const size_t end = source_.find("#}", at_);
    if (end == std::string_view::npos) error_at(source_, begin, "the comment does not end");
    const char sign = end > at_ ? source_[end - 1] : '\0';
    at_ = end + 2;
    after_tag(sign, true);
  }

  /// Whether a `raw` block begins here; then its tag is taken.
  bool begins_raw() {
    const size_t begin = at_;
    skip_spaces();
    if (here("raw")) {
      at_ += 3;
      skip_spaces();
      const bool strips = here("-%}");
      if (strips || here("%}")) {
        at_ += strips ? 3 : 2;
        after_tag(strips ? '-' : '\0', false);
        return true;
      }
    }
    at_ = begin;
    return false;
  }

  void raw(size_t begin) {
    for (size_t tag = at_;; ++tag) {
      tag = source_.find("{%", tag);
      if (tag == std::string_view::npos) error_at(source_, begin, "the raw block does not end");
      const size_t body = std::exchange(at_, tag + 2);
      if (char_at(at_) == '-' || char_at(at_) == '+') ++at_;
      skip_spaces();
      if (here("endraw")) {
        at_ += 6;
        skip_spaces();
        const char sign = here("-%}") ? '-' : here("+%}") ? '+' : '\0';
        if (sign) ++at_;
        if (here("%}")) {
          const size_t end = std::exchange(at_, body) + 2;
          text_before(tag);
          at_ = end;
          return after_tag(sign, true);
        }
      }
      at_ = body;
    }
  }

  void tag(size_t begin, bool output) {
    tokens_.push_back({output ? TokenKind::output_begin : TokenKind::block_begin, "", begin});
    const std::string_view close = output ? "}}" : "%}";
    std::string open;  // brackets that are
    for (;;) {
      skip_spaces();
      if (at_ >= source_.size())
        error_at(source_, begin, fmt::format("the tag does not end with {}", close));
      if (open.empty()) {
        const char sign =
            source_[at_] == '-' || (source_[at_] == '+' && !output) ? source_[at_] : '\0';
        if (source_.substr(at_ + (sign ? 1 : 0), 2) == close) {
          tokens_.push_back({output ? TokenKind::output_end : TokenKind::block_end, "", at_});
          at_ += sign ? 3 : 2;
          return after_tag(sign, !output);
        }
      }
      if (is_digit(source_[at_]))
        number();
      else if (is_name_start(source_[at_]))
        name();
      else if (source_[at_] == '\'' || source_[at_] == '"')
        string();
      else
        sign(open);
    }
  }

  void name() {
    const size_t begin = at_;
    while (is_name_part(char_at(at_))) ++at_;
    tokens_.push_back({TokenKind::name, std::string(source_.substr(begin, at_ - begin)), begin});
  }

  void digits() {
    while (is_digit(char_at(at_)) || (char_at(at_) == '_' && is_digit(char_at(at_ + 1)))) ++at_;
  }

  void number() {
    const size_t begin = at_;
    if (source_[at_] == '0' && std::string_view("bBoOxX").find(char_at(at_ + 1)) < 6)
      error_at(source_, at_, "numbers with a base (0x, 0o, 0b) are not supported");
    digits();
    bool real = false;
    // After a dot stands an index: `x.0.1`.
    if (begin == 0 || source_[begin - 1] != '.') {
      if (char_at(at_) == '.' && is_digit(char_at(at_ + 1))) {
        real = true;
        ++at_;
        digits();
      }
      const size_t exponent = at_ + 1 + (char_at(at_ + 1) == '+' || char_at(at_ + 1) == '-');
      if ((char_at(at_) | 0x20) == 'e' && is_digit(char_at(exponent))) {
        real = true;
        at_ = exponent;
        digits();
      }
    }
    std::string text(source_.substr(begin, at_ - begin));
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    tokens_.push_back({real ? TokenKind::real : TokenKind::integer, std::move(text), begin});
  }

  void string() {
    const size_t begin = at_++;
    while (at_ < source_.size() && source_[at_] != source_[begin])
      at_ += source_[at_] == '\\' ? 2 : 1;
    if (at_ >= source_.size()) error_at(source_, begin, "the text in quotes does not end");
    const std::string_view body = source_.substr(begin + 1, at_ - begin - 1);
    ++at_;
    try {
      tokens_.push_back({TokenKind::string, string_value(body), begin});
    } catch (const UserError& error) {
      error_at(source_, begin, error.what());
    }
  }

  void sign(std::string& open) {
    static constexpr std::string_view kLong[] = {"==", "!=", ">=", "<=", "//", "**"};
    std::string_view text = source_.substr(at_, 2);
    if (std::find(std::begin(kLong), std::end(kLong), text) == std::end(kLong))
      text = text.substr(0, 1);
    if (text.size() == 1) {
      static constexpr std::string_view kOpen = "([{", kClose = ")]}";
      if (std::string_view("+-*/%~()[]{}=<>.:|,;").find(text) == std::string_view::npos)
        error_at(source_, at_,
                 fmt::format("the character '{}' has no meaning in a tag",
                             source_.substr(at_, character_bytes(source_, at_))));
      if (kOpen.find(text) < 3) open += text;
      if (const size_t kind = kClose.find(text); kind < 3) {
        if (open.empty() || open.back() != kOpen[kind])
          error_at(source_, at_, fmt::format("'{}' closes nothing", text));
        open.pop_back();
      }
    }
    tokens_.push_back({TokenKind::sign, std::string(text), at_});
    at_ += text.size();
  }

  std::string_view source_;
  size_t at_ = 0;
  bool line_starts_ = true;  // whether the tag before ended a line
  std::vector<Token> tokens_;
};

}  // namespace

std::string template_source(std::string_view text) {
  std::string source;
  source.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
    source += text[at] == '\r' ? '\n' : text[at];
  }
  if (source.ends_with('\n')) source.pop_back();
  return source;
}

void error_at(std::string_view source, size_t offset, const std::string& what) {
  const std::string_view before = source.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column =
      1 + text_length(newline == std::string_view::npos ? before : before.substr(newline + 1));
  user_error("line {}, column {}: {}", line, column, what);
}

std::vector<Token> tokenize_template(std::string_view source) {
  return TemplateLexer(source).tokens();
}

}  // namespace tessera::chat
