// `tessera tokenize` turns text files and folders into a folder of token shards, which `train`
// reads.
#include "launch/tokenize.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/utf16.h"
#include "framework/data/token_shards.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/files_of_folder.h"
#include "launch/command_line.h"
#include "launch/document_marks.h"
#include "launch/reading_options.h"
#include "launch/shell_word.h"
#include "launch/tokenizer_modes.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

std::string mib(uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 0x1p20);
}

/// The part of the report that says what was left out and why; empty when nothing was left out.
std::string left_out(const TokenizeResult& result) {
  constexpr size_t kShown = 10;
  std::string text;
  const auto count = [&](uint64_t n, std::string_view what) {
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "left out: " : ", ", n, what);
  };
  count(result.empty, "empty");
  count(result.binary, "binary");
  count(result.utf16.size(), "in UTF-16 without a byte order mark");
  count(result.empty_records, "records without text");
  count(result.broken_records, "broken records");
  count(result.hidden, "hidden");
  count(result.unfinished, "unfinished (.partial)");
  count(result.special, "special (sockets, devices, pipes)");
  count(result.duplicates, "met twice");
  count(result.no_records.size(), "without a record");
  count(result.shard_folders.size(), "folders of token shards, which are no text");
  count(result.unreadable.size(), "unreadable");
  if (!text.empty()) text += '\n';
  const auto list = [&](const std::vector<std::string>& lines, std::string_view remark) {
    for (size_t i = 0; i < std::min(kShown, lines.size()); ++i)
      text += fmt::format("  {}{}\n", lines[i], remark);
    if (lines.size() > kShown) text += fmt::format("  … and {} more\n", lines.size() - kShown);
  };
  if (!result.first_broken.empty()) text += fmt::format("  {}\n", result.first_broken);
  list(result.shard_folders, "");
  list(result.unreadable, "");
  list(result.utf16, fmt::format(": {}", kUtf16Remedy));
  return text;
}

/// "3 of 12 files, 5.0 of 80.0 MiB, 61.2 MB/s, 2 min 10 s left"
std::string progress_text(const TokenizeProgress& done, double seconds) {
  std::string text = fmt::format("{} of {} files, {}", grouped(static_cast<int64_t>(done.files)),
                                 grouped(static_cast<int64_t>(done.files_total)), mib(done.bytes));
  if (done.bytes_total >= done.bytes) text += " of " + mib(done.bytes_total);
  text += fmt::format(", {:.1f} MB/s", static_cast<double>(done.text_bytes) / seconds / 1e6);
  const uint64_t read = done.bytes - std::min(done.bytes, done.bytes_before);
  if (read > 0 && done.bytes_total > done.bytes)
    text += fmt::format(", {} left", time_text(seconds / static_cast<double>(read) *
                                               static_cast<double>(done.bytes_total - done.bytes)));
  return text;
}

}  // namespace

void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const std::string& tokenizer,
                          const TokenizeOptions& options, const std::string& called) {
  tokenize_with_report(files, out, named, *named_tokenizer(tokenizer, "--tokenizer"),
                       called.empty() ? tokenizer : called, options);
}

void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const Tokenizer& tokenizer,
                          const std::string& called, const TokenizeOptions& options) {
  ProgressDisplay progress = ProgressDisplay::on_standard_output();
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  Clock::time_point shown = begun;
  const TokenizeResult result = tokenize(
      {files.begin(), files.end()}, out, tokenizer, options, [&](const TokenizeProgress& done) {
        if (Clock::now() - shown < std::chrono::milliseconds(100)) return;
        shown = Clock::now();
        progress.busy(progress_text(done, std::chrono::duration<double>(shown - begun).count()));
      });
  progress.ready();
  fmt::print("{} tokens ({}) in {} documents, {} of text; {} shard{} in {}\n",
             grouped(static_cast<int64_t>(result.tokens)), called,
             grouped(static_cast<int64_t>(result.documents)), mib(result.text_bytes), result.shards,
             result.shards == 1 ? "" : "s", named);
  if (result.shards_before > 0)
    fmt::print("went on after the {} shard{} of an interrupted run\n", result.shards_before,
               result.shards_before == 1 ? "" : "s");
  fmt::print("{}", left_out(result));
  const Pipeline* parts = tokenizer.pipeline();
  const int64_t cut_to = parts ? parts->parts().cut_to : 0;
  if (cut_to > 0 && std::cmp_greater(result.tokens, cut_to))
    fmt::print("note: {} has other programs cut a text to {} tokens; documents are whole here\n",
               called, cut_to);
}

int run_tokenize(std::span<const std::string> args) {
  const CommandLine line{
      "tokenize",
      "Turns text files, and all text files below folders, into token shards, which `train` reads: "
      "set data.shards to the folder. A document is a file, or a record of JSON lines, CSV or TSV; "
      "each may be compressed (gzip, zstd). Empty and binary files are left out. The same command "
      "goes on after an interruption.",
      {{"FILES", "files, folders, patterns ('data/**/*.jsonl'), - (standard input)",
        Word::Count::many}},
      {{"out", "DIR", "folder to make; it appears when all is done"},
       {"tokenizer", "DIR", "a folder or file of a tokenizer, or `bytes` (the default)"},
       kFormatOption,
       kTextOption,
       kColumnOption,
       kSkipBrokenOption,
       kSkipUnreadableOption,
       {"document-begin", "TOKEN",
        "the token that opens each document, as the tokenizer spells it, or #ID, or none (default: "
        "the tokenizer's own, if --document-end is not given either)"},
       {"document-end", "TOKEN", "the token that closes each document (default none)"},
       {"overwrite", "", "replace an older folder of token shards"},
       {"hidden", "", "take files and folders whose names begin with a dot, too"},
       {"threads", "N", "that encode (default: one for each core that the process may use)"},
       {"shard-tokens", "N", "begin a new shard file after this many tokens (default 268435456)"}},
      {"/usr/include/c++ --out data/headers",
       "'crawl/*.jsonl.zst' --text content --out data/crawl"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"),
          "tokenize: --out DIR is missing: where the token shards go; see `tessera help tokenize`");
  TokenizeOptions options;
  options.overwrite = given->has("overwrite");
  options.include_hidden = given->has("hidden");
  options.shard_tokens = static_cast<uint64_t>(
      given->integer("shard-tokens", static_cast<int64_t>(options.shard_tokens), 1));
  options.threads = static_cast<int>(given->integer("threads", 0, 1));
  require(options.threads <= 4096, "--threads: {} is too much; it is 4096 at most",
          options.threads);
  options.reading = reading_options(*given);
  const std::vector<std::string> files = given->list("FILES");
  const std::string out = given->text("out");
  const std::string name = given->text("tokenizer", "bytes");
  const auto tokenizer = named_tokenizer(name, "--tokenizer");
  if (given->has("document-begin") || given->has("document-end"))
    options.marks = {
        .opens =
            document_mark(given->text("document-begin", "none"), *tokenizer, "--document-begin"),
        .closes = document_mark(given->text("document-end", "none"), *tokenizer, "--document-end")};
  const std::string file = std::filesystem::is_directory(name) ? file_of_tokens(*tokenizer) : "";
  tokenize_with_report(files, out, out, *tokenizer, file.empty() ? name : name + ": " + file,
                       options);
  fmt::print("next: tessera train CONFIG --set {}\n", shell_word("data.shards=" + out));
  return 0;
}

}  // namespace tessera
