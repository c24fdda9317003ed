// `tessera tokenizer time`: how fast a tokenizer encodes.
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/whole_file.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/utf8.h"
#include "launch/command_line.h"
#include "launch/tokenizer_modes.h"

namespace tessera {
namespace {

/// Documents of about `bytes`, cut between characters.
std::vector<std::string_view> documents_of(const std::vector<std::string>& texts, size_t bytes) {
  std::vector<std::string_view> documents;
  for (const std::string_view text : texts)
    for (size_t at = 0; at < text.size();) {
      const size_t end = at + whole_characters(text.substr(at, bytes));
      const size_t next = end > at ? end : std::min(text.size(), at + bytes);
      documents.push_back(text.substr(at, next - at));
      at = next;
    }
  return documents;
}

struct Pass {
  double seconds = 0;
  uint64_t tokens = 0;
};

Pass encode_all(Encoder& encoder, std::span<const std::string_view> documents) {
  using Clock = std::chrono::steady_clock;
  Pass pass;
  std::vector<int32_t> ids;
  const auto begin = Clock::now();
  for (const std::string_view document : documents) {
    ids.clear();
    encoder.encode(document, {}, ids);
    pass.tokens += ids.size();
  }
  pass.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return pass;
}

}  // namespace

int tokenizer_time(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer time",
      .summary =
          "Encodes files by one thread, in memory, and tells MB/s (millions of bytes) of the first pass, "
          "which meets every word for the first time, and of a second one.",
      .words =
          {{"SOURCE",
            "a folder or file of a tokenizer, or of shards, a run or a checkpoint; or `bytes`"},
           {"FILES", "texts", Word::Count::many}},
      .options = {{"document", "BYTES",
                   "cut the texts into documents of so many bytes (default 8192)"},
                  {"json", "FILE", "write the figures there too"}},
      .examples = {"gpt2/ english.txt languages.txt"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const auto loading = std::chrono::steady_clock::now();
  const auto tokenizer = named_tokenizer(given->text("SOURCE"), "SOURCE");
  const double load =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - loading).count();
  std::vector<std::string> texts;
  size_t bytes = 0;
  for (const std::string& file : given->list("FILES"))
    bytes += texts.emplace_back(whole_text(file)).size();
  require(bytes > 0, "no text: the files are empty; name others");
  const auto documents =
      documents_of(texts, static_cast<size_t>(given->integer("document", 8192, 1)));
  Encoder encoder(tokenizer);
  const Pass first = encode_all(encoder, documents), second = encode_all(encoder, documents);
  const auto rate = [&](const Pass& pass) {
    return static_cast<double>(bytes) / 1e6 / pass.seconds;
  };
  fmt::print("loaded in {:.3f} s; {} bytes in {} documents: {} tokens, {:.3f} bytes per token\n",
             load, grouped(static_cast<int64_t>(bytes)),
             grouped(static_cast<int64_t>(documents.size())),
             grouped(static_cast<int64_t>(first.tokens)),
             static_cast<double>(bytes) / static_cast<double>(first.tokens));
  fmt::print("first pass {:.1f} MB/s, second pass {:.1f} MB/s, of one thread\n", rate(first),
             rate(second));
  if (given->has("json")) {
    std::ofstream out(given->text("json"));
    out << nlohmann::json{{"load_s", load},
                          {"bytes", bytes},
                          {"tokens", first.tokens},
                          {"mb_per_s", rate(first)},
                          {"warm_mb_per_s", rate(second)}}
               .dump()
        << "\n";
    out.close();
    require(out.good(), "--json: {} cannot be written", given->text("json"));
  }
  return 0;
}

}  // namespace tessera
