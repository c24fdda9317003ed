#include "framework/tokenizer/ggml_expressions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

namespace tessera {
namespace {

struct Row {
  std::string_view name;
  bool ignores_merges;
  std::string_view expression;  // of a Split before the bytes; empty: GPT-2's, by the bytes' step
  bool digits = false;          // each digit is cut off first
};

constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr std::array kRows{Row{"gpt-2", false, {}}, Row{"smollm", false, {}, true},
                           Row{"llama-bpe", true, kLlama3}, Row{"smaug-bpe", false, kLlama3},
                           Row{"qwen2", false, kQwen2}};

bool fits(const Row& row, const std::vector<PreTokenizerStep>& steps) {
  const auto* bytes = std::get_if<ByteLevelStep>(&steps.back());
  const bool splits = !row.expression.empty();
  const size_t before = (row.digits ? 1 : 0) + (splits ? 1 : 0);
  if (!bytes || bytes->add_prefix_space || bytes->use_regex == splits || steps.size() != before + 1)
    return false;
  if (row.digits) {
    const auto* digits = std::get_if<DigitsStep>(&steps.front());
    if (!digits || !digits->individual) return false;
  }
  if (!splits) return true;
  const auto* split = std::get_if<SplitStep>(&steps[before - 1]);
  return split && split->pattern.is_regex() && split->pattern.text() == row.expression &&
         split->delimiter == Delimiter::isolated && !split->invert;
}

}  // namespace

std::string_view ggml_expression(const PreTokenizer& pre_tokenizer, bool ignores_merges) {
  if (pre_tokenizer.steps().empty()) return {};
  for (const Row& row : kRows)
    if (row.ignores_merges == ignores_merges && fits(row, pre_tokenizer.steps())) return row.name;
  return {};
}

std::string ggml_expression_names() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace tessera
