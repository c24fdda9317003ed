#include "framework/tokenizer/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <memory>

#include "framework/core/error.h"
#include "framework/core/shortened.h"
#include "framework/tokenizer/regex_cost.h"
#include "framework/tokenizer/regex_program.h"
#include "framework/tokenizer/regex_rewrite.h"
#include "framework/tokenizer/regex_symbols.h"
#include "framework/tokenizer/regex_tree.h"
#include "framework/tokenizer/regex_walk.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr size_t kStackBytes = size_t{1} << 20;  // of one match; taken as it is needed
constexpr uint32_t kMatchLimit = 50'000;  // steps from one place; beyond them RegexWalk goes on
constexpr uint32_t kHeapKibibytes = 16 << 10;
// A search of PCRE2 begins at most so far behind its beginning, and looks no farther ahead than twice as
// far, so that its time is bounded.
constexpr size_t kWindow = 1024;
static_assert(kWindow >= RegexLoops::kLong);

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
  MatchContext window{pcre2_match_context_create(nullptr)};  // with an end for places to begin
  JitStack stack{pcre2_jit_stack_create(size_t{64} << 10, kStackBytes, nullptr)};

  Workplace() {
    require(data && context && window && stack, "there is no memory left for matching expressions");
    for (pcre2_match_context* one : {context.get(), window.get()}) {
      pcre2_jit_stack_assign(one, nullptr, stack.get());
      pcre2_set_match_limit(one, kMatchLimit);
      pcre2_set_heap_limit(one, kHeapKibibytes);
    }
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
  Compiled(const RewrittenRegex& rewritten, const std::string& expression, RegexDialect written_in,
           const std::string& what)
      : dialect(written_in), symbols(rewritten.sets, what) {
    std::string engine_text;
    for (const RewrittenRegex::Part& part : rewritten.parts) {
      engine_text += part.text;
      if (part.set >= 0) engine_text += class_of(symbols.of(static_cast<size_t>(part.set)));
    }
    int error = 0;
    size_t place = 0;
    code.reset(pcre2_compile(
        reinterpret_cast<PCRE2_SPTR>(engine_text.data()), engine_text.size(),
        PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE | PCRE2_USE_OFFSET_LIMIT,
        &error, &place, nullptr));
    const std::string_view shown = shortened(expression);
    require(error != kVariableLookBehind || code != nullptr,
            "{}: look-behind of variable length is not supported (in the expression '{}')", what,
            shown);
    require(code != nullptr, "{}: the expression '{}' is refused by PCRE2: {}", what, shown,
            message_of(error));
    const RegexTree tree = parse_rewritten(rewritten);
    program = std::make_unique<const RegexProgram>(tree, symbols, expression, what);
    loops = loops_of_steady(tree, symbols);
    // Where a machine has no JIT, the interpreter serves.
    if (loops)
      jit = pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD) == 0;
  }

  RegexDialect dialect;
  RegexSymbols symbols;
  Code code;
  std::unique_ptr<const RegexProgram> program;
  std::optional<RegexLoops> loops;  // if PCRE2 may run it
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
                                                       pattern.text_, dialect, what);
  return pattern;
}

RegexDialect Pattern::dialect() const { return compiled_->dialect; }

bool Pattern::for_pcre2() const { return compiled_->loops.has_value(); }

std::optional<std::pair<size_t, size_t>> Pattern::find(std::string_view text, size_t from) const {
  return Matches(*this, text, from).next();
}

Matches::~Matches() = default;

Matches::Matches(const Pattern& pattern, std::string_view text, size_t from)
    : pattern_(pattern), text_(text) {
  if (!pattern_.is_regex()) {
    at_.byte = from;
    return;
  }
  const Pattern::Compiled& compiled = *pattern_.compiled_;
  compiled.symbols.translate(text_, symbols_);
  way_ = !compiled.loops ? Way::walk : compiled.loops->go_far(symbols_) ? Way::windows : Way::whole;
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

/// Runs PCRE2 over the text up to `end`; no match begins behind `last`. Gives the number of PCRE2.
int Matches::run_engine(size_t from, size_t last, size_t end) const {
  const Workplace& place = workplace();
  const auto match = pattern_.compiled_->jit ? pcre2_jit_match : pcre2_match;
  const bool whole = end == symbols_.size();
  if (!whole) pcre2_set_offset_limit(place.window.get(), last);
  return match(pattern_.compiled_->code.get(), reinterpret_cast<PCRE2_SPTR>(symbols_.data()), end,
               from, whole ? 0 : PCRE2_PARTIAL_HARD, place.data.get(),
               whole ? place.context.get() : place.window.get());
}

/// Searches where PCRE2 might take long. Windows of the text are given to it, and to RegexWalk those
/// in which it does not come to an end.
std::optional<std::pair<size_t, size_t>> Matches::search_windows(size_t from) {
  const size_t size = symbols_.size();
  while (from <= size) {
    size_t last = size;
    if (way_ == Way::windows) {
      last = std::min(size, from + kWindow);
      const bool whole = size - from <= 2 * kWindow;
      const int found = run_engine(from, last, whole ? size : from + 2 * kWindow);
      const size_t* bounds = pcre2_get_ovector_pointer(workplace().data.get());
      if (found >= 0) return std::pair(bounds[0], bounds[1]);
      if (found == PCRE2_ERROR_NOMATCH) {
        from = whole ? size + 1 : last + 1;
        continue;
      }
      if (found == PCRE2_ERROR_PARTIAL) from = std::max(from, bounds[0]);
    }
    if (!walk_)
      walk_ = std::make_unique<RegexWalk>(*pattern_.compiled_->program, symbols_, pattern_.text_);
    if (const auto match = walk_->search(from, last)) return match;
    from = last + 1;
  }
  return std::nullopt;
}

std::optional<std::pair<Matches::Place, Matches::Place>> Matches::search() {
  if (way_ == Way::literal) return search_literal();
  std::pair<size_t, size_t> bounds;
  int found = PCRE2_ERROR_MATCHLIMIT;
  if (way_ == Way::whole) found = run_engine(at_.symbol, symbols_.size(), symbols_.size());
  if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (found >= 0) {
    const size_t* places = pcre2_get_ovector_pointer(workplace().data.get());
    bounds = {places[0], places[1]};
  } else {
    if (way_ == Way::whole) way_ = Way::windows;  // a limit is passed
    const auto match = search_windows(at_.symbol);
    if (!match) return std::nullopt;
    bounds = *match;
  }
  Place begin = at_;
  advance(begin, bounds.first);
  Place end = begin;
  advance(end, bounds.second);
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
