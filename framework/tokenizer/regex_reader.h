// RegexReader reads an expression character by character, for the parser (regex_rewrite.h), and
// writes its errors.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/shortened.h"
#include "framework/tokenizer/regex.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {

class RegexReader {
 public:
  RegexReader(std::string_view expression, RegexDialect dialect, const std::string& what)
      : expression_(expression), what_(what), dialect_(dialect) {
    require(is_utf8(expression), "{}: the expression is no valid UTF-8", what);
  }

  RegexDialect dialect() const { return dialect_; }
  bool oniguruma() const { return dialect_ == RegexDialect::oniguruma; }
  size_t place() const { return at_; }
  bool done() const { return at_ == expression_.size(); }
  std::string_view rest() const { return expression_.substr(at_); }
  /// The text from an earlier place to here.
  std::string_view since(size_t place) const { return expression_.substr(place, at_ - place); }
  bool sees(std::string_view text) const { return rest().starts_with(text); }
  bool take(std::string_view text) {
    if (!sees(text)) return false;
    at_ += text.size();
    return true;
  }
  void go_back(size_t place) { at_ = place; }
  /// The next character; wrong() where there is none.
  char32_t take() {
    if (done()) wrong("it ends too early");
    const CodePoint point = decode_utf8(expression_, at_);
    at_ += point.bytes;
    return point.value;
  }
  /// The text up to `end`, which is passed over.
  std::string_view take_until(std::string_view end) {
    const size_t found = rest().find(end);
    if (found == std::string_view::npos) wrong(fmt::format("'{}' is missing", end));
    const std::string_view text = rest().substr(0, found);
    at_ += found + end.size();
    return text;
  }

  /// The expression has a construct that Tessera does not support.
  [[noreturn]] void refuse(std::string_view construct) const {
    user_error("{}: {} is not supported (byte {} of the expression '{}')", what_, construct, at_,
               shown());
  }
  /// The expression is not one.
  [[noreturn]] void wrong(std::string_view fault) const {
    user_error("{}: the expression '{}' is malformed: {} (byte {})", what_, shown(), fault, at_);
  }

 private:
  std::string_view shown() const { return shortened(expression_); }

  std::string_view expression_;
  const std::string& what_;
  RegexDialect dialect_;
  size_t at_ = 0;
};

}  // namespace tessera
