// `tessera tokenizer show`: what a tokenizer is made of, and what each part makes of a text.
#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/utf8.h"
#include "launch/command_line.h"
#include "launch/tokenizer_modes.h"
#include "launch/tokenizer_parts.h"
#include "launch/visible_text.h"

namespace tessera {
namespace {

std::string joined(const std::vector<std::string_view>& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += (text.empty() ? "" : " | ") + visible(piece);
  return text;
}

void print_parts(const Tokenizer& tokenizer) {
  const std::string file = file_of_tokens(tokenizer);
  const bool told = tokenizer.kind().find(file) != std::string::npos;
  fmt::print("{}{}: {} ids", tokenizer.kind(), told ? "" : " (" + file + ")",
             grouped(tokenizer.vocab_size()));
  const Pipeline* parts = tokenizer.pipeline();
  if (parts == nullptr) {
    fmt::print("\n");
    return;
  }
  fmt::print(", {}\n", described(parts->parts().model));
  fmt::print("  added tokens   {}\n", described(parts->parts().added));
  for (const NormalizerStep& step : parts->parts().normalizer.steps())
    fmt::print("  normalizer     {}\n", described(step));
  for (const PreTokenizerStep& step : parts->parts().pre_tokenizer.steps())
    fmt::print("  pre-tokenizer  {}\n", described(step));
}

/// What each part makes of the text, one line a part.
void print_steps(const Pipeline& pipeline, const std::string& given, bool specials) {
  const PipelineParts& parts = pipeline.parts();
  std::string text = given;
  if (parts.added.any_written(specials)) {
    std::vector<Segment> segments;
    parts.added.cut_written(text, specials, segments);
    std::vector<std::string_view> cuts;
    for (const Segment& segment : segments) cuts.push_back(segment.text);
    if (cuts.size() > 1) fmt::print("  added tokens cut      {}\n", joined(cuts));
  }
  if (!pipeline.byte_level()) text = replace_invalid_utf8(text);
  for (const NormalizerStep& step : parts.normalizer.steps()) {
    const std::string before = text;
    Normalizer({step}).apply(text);
    if (text != before) fmt::print("  {:<22}{}\n", "normalizer makes", visible(text));
  }
  Pieces pieces;
  pieces.list.push_back(text);
  for (const PreTokenizerStep& step : parts.pre_tokenizer.steps()) {
    const size_t before = pieces.list.size();
    PreTokenizer({step}).cut(pieces, true);
    if (pieces.list.size() != before)
      fmt::print("  pre-tokenizer cuts    {}\n", joined(pieces.list));
  }
}

}  // namespace

int tokenizer_show(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer show",
      .summary =
          "Says what a tokenizer is made of and which tables of characters it uses; with a text also "
          "what each part makes of it, and its tokens, ids and bytes.",
      .words =
          {{"SOURCE",
            "a folder or file of a tokenizer, or of shards, a run or a checkpoint; or `bytes`"},
           {"TEXT", "what to cut", Word::Count::optional}},
      .options = {{"specials", "", "special tokens that the text spells out become those tokens"}},
      .examples = {"gpt2/ 'Héllo 🦙'"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const auto tokenizer = named_tokenizer(given->text("SOURCE"), "SOURCE");
  print_parts(*tokenizer);
  if (!given->has("TEXT")) return 0;
  const std::string text = given->text("TEXT");
  const EncodeOptions options{.specials = given->has("specials")};
  if (tokenizer->pipeline() != nullptr) print_steps(*tokenizer->pipeline(), text, options.specials);
  const std::vector<int32_t> ids = tokenizer->encode(text, options);
  fmt::print("\n{:>8}  {:<24} bytes\n", "id", "token");
  for (const int32_t id : ids) {
    const std::string bytes = tokenizer->decode({&id, 1});
    std::string hex;
    for (const char byte : bytes) hex += fmt::format("{:02x} ", static_cast<unsigned char>(byte));
    fmt::print("{:>8}  {:<24} {}\n", id, visible(tokenizer->token(id)), hex);
  }
  fmt::print("{} tokens, {} bytes\n", ids.size(), text.size());
  if (const std::string back = tokenizer->decode(ids); back != text)
    fmt::print("decoded they are another text: {}\n", visible(back));
  return 0;
}

}  // namespace tessera
