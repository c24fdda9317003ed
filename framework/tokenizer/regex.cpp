#include "framework/tokenizer/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <memory>

#include "framework/core/error.h"
#include "framework/tokenizer/regex_rewrite.h"
#include "framework/tokenizer/regex_symbols.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr size_t kStackBytes = size_t{16} << 20;  // of one match; taken as it is needed
constexpr uint32_t kMatchLimit = 50'000'000;      // steps of one search
constexpr uint32_t kHeapKibibytes = 16 << 10;

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Code = std::unique_ptr<pcre2_code, Freeing<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freeing<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freeing<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Freeing<pcre2_jit_stack_free>>;

/// What a thread needs for matching.
struct Workplace {
  MatchData data{pcre2_match_data_create(1, nullptr)};
  MatchContext context{pcre2_match_context_create(nullptr)};
  JitStack stack{pcre2_jit_stack_create(size_t{64} << 10, kStackBytes, nullptr)};

  Workplace() {
    require(data && context && stack, "there is no memory left for matching expressions");
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_heap_limit(context.get(), kHeapKibibytes);
  }
};

Workplace& workplace() {
  thread_local Workplace place;
  return place;
}

/// The symbols as a class of the engine.
std::string class_of(const std::vector<uint8_t>& symbols) {
  if (symbols.empty()) return "(?:(?!))";
  if (symbols.size() == 1) return fmt::format("\\x{:02x}", symbols[0]);
  std::string text = "[";
  for (size_t i = 0; i < symbols.size();) {
    size_t end = i + 1;
    while (end < symbols.size() && symbols[end] == symbols[end - 1] + 1) ++end;
    text += fmt::format("\\x{:02x}", symbols[i]);
    if (end > i + 1) text += fmt::format("-\\x{:02x}", symbols[end - 1]);
    i = end;
  }
  return text + "]";
}

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

constexpr int kVariableLookBehind = 125;  // PCRE2's number for it

}  // namespace

struct Pattern::Compiled {
  Compiled(const RewrittenRegex& rewritten, const std::string& expression, const std::string& what)
      : symbols(rewritten.sets, what) {
    std::string engine_text;
    for (const RewrittenRegex::Part& part : rewritten.parts) {
      engine_text += part.text;
      if (part.set >= 0) engine_text += class_of(symbols.of(static_cast<size_t>(part.set)));
    }
    int error = 0;
    size_t place = 0;
    code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(engine_text.data()), engine_text.size(),
                             PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE,
                             &error, &place, nullptr));
    const std::string_view shown =
        std::string_view(expression)
            .substr(0, whole_characters(std::string_view(expression).substr(0, 200)));
    require(error != kVariableLookBehind || code != nullptr,
            "{}: look-behind of variable length is not supported (in the expression '{}')", what,
            shown);
    require(code != nullptr, "{}: the expression '{}' is refused by PCRE2: {}", what, shown,
            message_of(error));
    // Where a machine has no JIT, the interpreter serves.
    jit = pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE) == 0;
  }

  RegexSymbols symbols;
  Code code;
  bool jit = false;
};

Pattern Pattern::literal(std::string text) {
  Pattern pattern;
  pattern.text_ = std::move(text);
  return pattern;
}

Pattern Pattern::regex(std::string text, RegexDialect dialect, const std::string& what) {
  Pattern pattern;
  pattern.text_ = std::move(text);
  pattern.compiled_ = std::make_shared<const Compiled>(rewrite_regex(pattern.text_, dialect, what),
                                                       pattern.text_, what);
  return pattern;
}

std::optional<std::pair<size_t, size_t>> Pattern::find(std::string_view text, size_t from) const {
  return Matches(*this, text, from).next();
}

Matches::Matches(const Pattern& pattern, std::string_view text, size_t from)
    : pattern_(pattern), text_(text) {
  if (!pattern_.is_regex()) {
    at_.byte = from;
    return;
  }
  pattern_.compiled_->symbols.translate(text_, symbols_);
  while (at_.byte < from && at_.symbol < symbols_.size()) advance(at_, at_.symbol + 1);
  if (at_.byte < from) at_.byte = from;
}

void Matches::advance(Place& place, size_t symbol) const {
  if (symbols_.size() == text_.size()) {
    place = {symbol, symbol};
    return;
  }
  const auto invalid = static_cast<char>(pattern_.compiled_->symbols.of_invalid());
  for (; place.symbol < symbol; ++place.symbol) {
    const auto first = static_cast<unsigned char>(text_[place.byte]);
    if (first < 0x80)
      ++place.byte;
    else if (symbols_[place.symbol] == invalid)
      place.byte += decode_multibyte(text_, place.byte).bytes;
    else
      place.byte += first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  }
}

std::optional<std::pair<Matches::Place, Matches::Place>> Matches::search_literal() const {
  const size_t found = text_.find(pattern_.text_, at_.byte);
  if (found == std::string_view::npos) return std::nullopt;
  return std::pair(Place{found, 0}, Place{found + pattern_.text_.size(), 0});
}

std::optional<std::pair<Matches::Place, Matches::Place>> Matches::search() {
  if (!pattern_.is_regex()) return search_literal();
  const Workplace& place = workplace();
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(symbols_.data());
  const auto match = pattern_.compiled_->jit ? pcre2_jit_match : pcre2_match;
  const int found = match(pattern_.compiled_->code.get(), subject, symbols_.size(), at_.symbol, 0,
                          place.data.get(), place.context.get());
  if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (found < 0)
    user_error("the expression '{}' takes too much work on this text: {}", pattern_.text_,
               message_of(found));
  const size_t* bounds = pcre2_get_ovector_pointer(place.data.get());
  Place begin = at_;
  advance(begin, bounds[0]);
  Place end = begin;
  advance(end, bounds[1]);
  return std::pair(begin, end);
}

std::optional<std::pair<size_t, size_t>> Matches::next() {
  while (at_.byte <= text_.size()) {
    const auto found = search();
    if (!found) break;
    const auto& [begin, end] = *found;
    if (begin.byte != end.byte || end.byte != last_end_) {
      at_ = end;
      last_end_ = end.byte;
      return std::pair(begin.byte, end.byte);
    }
    // No empty match right behind a match: the search goes on one character later.
    if (at_.byte == text_.size()) break;
    if (pattern_.is_regex())
      advance(at_, at_.symbol + 1);
    else
      at_.byte += decode_utf8(text_, at_.byte).bytes;
  }
  at_.byte = text_.size() + 1;
  return std::nullopt;
}

}  // namespace tessera
