#include "framework/data/tokenize_arguments.h"

#include <fmt/ranges.h>

#include "framework/data/source_record.h"

namespace tessera {
namespace {

constexpr const char* kFormats[] = {"auto", "text", "jsonl", "csv", "tsv"};

}  // namespace

JournalArguments journal_arguments(const std::vector<std::filesystem::path>& inputs,
                                   const Tokenizer& tokenizer, const DocumentMarks& marks,
                                   const TokenizeOptions& options) {
  std::vector<std::string> names;
  for (const std::filesystem::path& input : inputs) names.push_back(record_path(input));
  const ReadingOptions& reading = options.reading;
  const auto yes_or_no = [](bool value) { return std::string(value ? "yes" : "no"); };
  return {{"FILES", fmt::format("{}", fmt::join(names, " "))},
          {"the tokenizer", fmt::format("{:016x}", tokenizer.fingerprint())},
          {"--shard-tokens", std::to_string(options.shard_tokens)},
          {"--hidden", yes_or_no(options.include_hidden)},
          {"--format", kFormats[static_cast<size_t>(reading.format)]},
          {"--text", record_path(reading.text_key)},
          {"--column", record_path(fmt::format("{}", fmt::join(reading.columns, ",")))},
          {"--skip-broken", yes_or_no(reading.skip_broken)},
          {"--document-begin", std::to_string(marks.opens)},
          {"--document-end", std::to_string(marks.closes)}};
}

}  // namespace tessera
