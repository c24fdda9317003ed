// `tessera tokenizer compare`: what two tokenizers make of the same text.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "framework/core/error.h"
#include "framework/data/source_checks.h"
#include "framework/data/text_parts.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"
#include "launch/command_line.h"
#include "launch/reading_options.h"
#include "launch/tokenizer_modes.h"

namespace tessera {
namespace {

std::string number(uint64_t value) { return grouped(static_cast<int64_t>(value)); }

uint64_t words_in(std::string_view text) {
  uint64_t words = 0;
  bool within = false;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    at += point.bytes;
    const bool space = point.valid() && rust::is_whitespace(point.value);
    words += !space && !within ? 1 : 0;
    within = !space;
  }
  return words;
}

/// What one tokenizer made of all texts.
class Figures {
 public:
  Figures(const std::string& name, std::string_view option)
      : name_(name),
        encoder_(named_tokenizer(name, option)),
        used_(static_cast<size_t>(encoder_.tokenizer().vocab_size())) {}

  void add(const std::string& text) {
    const Tokenizer& tokenizer = encoder_.tokenizer();
    ids_.clear();
    encoder_.encode(text, {}, ids_);
    tokens_ += ids_.size();
    const int32_t unknown = tokenizer.special().unknown;
    for (const int32_t id : ids_) {
      used_[static_cast<size_t>(id)] = true;
      // Where a file calls its end of text unknown as well, as GPT-2's does, no text gives it.
      if (id == unknown) ++unknown_;
    }
    ++texts_;
    if (tokenizer.decode(ids_) == text) ++back_;
  }

  const std::string& name() const { return name_; }
  std::string ids() const { return number(used_.size()); }
  std::string tokens() const { return number(tokens_); }
  std::string bytes_per_token(uint64_t bytes) const { return ratio(bytes, tokens_); }
  std::string tokens_per_word(uint64_t words) const { return ratio(tokens_, words); }
  std::string used() const {
    const auto used = static_cast<uint64_t>(std::count(used_.begin(), used_.end(), true));
    return fmt::format("{} ({:.1f}%)", number(used),
                       100.0 * static_cast<double>(used) / static_cast<double>(used_.size()));
  }
  std::string unknown() const { return number(unknown_); }
  std::string back() const {
    if (back_ == texts_) return "yes";
    return back_ == 0 ? "no" : fmt::format("{} of {} texts", number(back_), number(texts_));
  }

 private:
  static std::string ratio(uint64_t a, uint64_t b) {
    return b == 0 ? "-" : fmt::format("{:.3f}", static_cast<double>(a) / static_cast<double>(b));
  }

  std::string name_;
  Encoder encoder_;
  std::vector<int32_t> ids_;
  std::vector<bool> used_;
  uint64_t tokens_ = 0, unknown_ = 0, texts_ = 0, back_ = 0;
};

void print_row(std::string_view what, const std::string& a, const std::string& b, size_t width) {
  fmt::print("{:<24}{:>{}}{:>{}}\n", what, a, width, b, width);
}

}  // namespace

int tokenizer_compare(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer compare",
      .summary =
          "Encodes the same text with two tokenizers and prints what came of it. Long "
          "documents are cut at the ends of lines; special tokens that a text spells out are "
          "text.",
      .words = {{"A",
                 "a folder or file of a tokenizer, or of shards, a run or a checkpoint; or "
                 "`bytes`"},
                {"B", "another one"},
                {"PATHS", "files, folders, patterns ('data/**/*.jsonl'), - (standard input)",
                 Word::Count::many}},
      .options = {kFormatOption, kTextOption, kColumnOption, kSkipBrokenOption,
                  kSkipUnreadableOption},
      .examples = {"tok gpt2/ ~/texts"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  Figures a(given->text("A"), "A"), b(given->text("B"), "B");
  const std::vector<std::string> inputs = given->list("PATHS");
  const ReadingOptions reading = reading_options(*given);
  const SourceFiles sources = list_source_files({inputs.begin(), inputs.end()}, {}, false);
  require_readable(sources.unreadable, reading);
  TextParts parts(sources.files, reading);
  ProgressDisplay progress = ProgressDisplay::on_standard_output();
  using Clock = std::chrono::steady_clock;
  auto shown = Clock::now();
  uint64_t words = 0;
  std::string text;
  while (parts.next(text)) {
    words += words_in(text);
    a.add(text);
    b.add(text);
    if (Clock::now() - shown < std::chrono::milliseconds(100)) continue;
    shown = Clock::now();
    progress.busy(fmt::format("{} of {} files", number(parts.counts().files),
                              number(parts.counts().files_total)));
  }
  progress.ready();
  const uint64_t bytes = parts.counts().text_bytes;
  require(bytes > 0, "no text found; name files or folders that hold text");
  fmt::print("{} bytes, {} words, {} documents\n", number(bytes), number(words),
             number(parts.counts().documents));
  const size_t width = std::max({size_t{20}, a.name().size() + 2, b.name().size() + 2});
  print_row("", a.name(), b.name(), width);
  print_row("ids", a.ids(), b.ids(), width);
  print_row("tokens", a.tokens(), b.tokens(), width);
  print_row("bytes per token", a.bytes_per_token(bytes), b.bytes_per_token(bytes), width);
  print_row("tokens per word", a.tokens_per_word(words), b.tokens_per_word(words), width);
  print_row("ids used", a.used(), b.used(), width);
  print_row("unknown tokens", a.unknown(), b.unknown(), width);
  print_row("decoding gives the text", a.back(), b.back(), width);
  return 0;
}

}  // namespace tessera
