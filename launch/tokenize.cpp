// `tessera tokenize` turns text files and folders into a folder of token shards, which `train`
// reads.
#include "launch/tokenize.h"

#include <fmt/format.h>

#include <chrono>

#include "framework/core/error.h"
#include "framework/core/utf16.h"
#include "framework/data/token_shards.h"
#include "framework/record/progress.h"
#include "launch/command_line.h"
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
  count(result.utf16.size(), "in UTF-16");
  count(result.hidden, "hidden");
  count(result.special, "special (links to folders, sockets, …)");
  count(result.duplicates, "met twice");
  count(result.unreadable.size(), "unreadable");
  if (!text.empty()) text += '\n';
  const auto list = [&](const std::vector<std::string>& lines, std::string_view remark) {
    for (size_t i = 0; i < std::min(kShown, lines.size()); ++i)
      text += fmt::format("  {}{}\n", lines[i], remark);
    if (lines.size() > kShown) text += fmt::format("  … and {} more\n", lines.size() - kShown);
  };
  list(result.unreadable, "");
  list(result.utf16, fmt::format(": {}", kUtf16Remedy));
  return text;
}

}  // namespace

void tokenize_with_report(const std::vector<std::string>& files, const std::filesystem::path& out,
                          const std::string& named, const std::string& tokenizer,
                          const TokenizeOptions& options) {
  ProgressDisplay progress = ProgressDisplay::on_standard_output();
  using Clock = std::chrono::steady_clock;
  Clock::time_point shown = Clock::now();
  const TokenizeResult result =
      tokenize({files.begin(), files.end()}, out, *named_tokenizer(tokenizer, "--tokenizer"),
               options, [&](const TokenizeProgress& done) {
                 if (Clock::now() - shown < std::chrono::milliseconds(100)) return;
                 shown = Clock::now();
                 progress.busy(fmt::format("{} of {} files, {} of {}", grouped(done.files),
                                           grouped(done.files_total), mib(done.bytes),
                                           mib(done.bytes_total)));
               });
  progress.ready();
  fmt::print("{} tokens ({}) in {} documents, {} of text; {} shard{} in {}\n",
             grouped(static_cast<int64_t>(result.tokens)), tokenizer,
             grouped(static_cast<int64_t>(result.documents)), mib(result.text_bytes), result.shards,
             result.shards == 1 ? "" : "s", named);
  fmt::print("{}", left_out(result));
}

int run_tokenize(std::span<const std::string> args) {
  const CommandLine line{
      "tokenize",
      "Turns text files, and all text files below folders, into token shards, which `train` reads: "
      "set data.shards to the folder. Each file is one document. Empty and binary files are left "
      "out.",
      {{"FILES", "files and folders", Word::Count::many}},
      {{"out", "DIR", "folder to make; it appears when all is done"},
       {"tokenizer", "DIR", "a folder or file of a tokenizer, or `bytes` (the default)"},
       {"overwrite", "", "replace an older folder of token shards"},
       {"hidden", "", "take files and folders whose names begin with a dot, too"},
       {"shard-tokens", "N", "begin a new shard file after this many tokens (default 268435456)"}},
      {"/usr/include/c++ --out data/headers"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"),
          "tokenize: --out DIR is missing: where the token shards go; see `tessera help tokenize`");
  TokenizeOptions options;
  options.overwrite = given->has("overwrite");
  options.include_hidden = given->has("hidden");
  options.shard_tokens = static_cast<uint64_t>(
      given->integer("shard-tokens", static_cast<int64_t>(options.shard_tokens), 1));
  const std::vector<std::string> files = given->list("FILES");
  const std::string out = given->text("out");
  tokenize_with_report(files, out, out, given->text("tokenizer", "bytes"), options);
  fmt::print("next: tessera train CONFIG --set data.shards={}\n", out);
  return 0;
}

}  // namespace tessera
