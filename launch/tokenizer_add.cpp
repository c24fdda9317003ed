// `tessera tokenizer add` writes a tokenizer with further special tokens.
#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/add_special_tokens.h"
#include "launch/command_line.h"
#include "launch/shell_word.h"
#include "launch/tokenizer_folder.h"
#include "launch/tokenizer_modes.h"

namespace tessera {
namespace {

std::string named_id(const Tokenizer& tokenizer, int32_t id) {
  return id == SpecialTokens::kNone ? "none"
                                    : fmt::format("{} ({})", tokenizer.token(id), grouped(id));
}

}  // namespace

int tokenizer_add(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer add",
      .summary =
          "Writes a tokenizer with further special tokens, whose ids follow all others. [CLS], "
          "[SEP], [PAD] and other usual names get the role of that name where it is free; "
          "BERT's training needs those three and a mask token.",
      .words = {{"SOURCE", "a folder or file of a tokenizer, or of shards, a run or a checkpoint"}},
      .options = {{"out", "DIR", "folder to make"},
                  {"special", "TOKEN", "a special token to add; may be repeated", true},
                  {"mask", "TOKEN", "a special token to add, as the mask token"},
                  {"overwrite", "", "replace an older folder of a tokenizer"}},
      .examples = {"gpt2/ --special '[CLS]' --special '[SEP]' --special '[PAD]' --mask '[MASK]' "
                   "--out tok"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"),
          "tokenizer add: --out DIR is missing: where the new tokenizer goes; see `tessera help "
          "tokenizer add`");
  require(given->has("special") || given->has("mask"),
          "tokenizer add: nothing to add; give --special TOKEN or --mask TOKEN");
  const std::string source = given->text("SOURCE"), out = given->text("out");
  const auto before = named_tokenizer(source, "SOURCE");
  require(!before->files().all().empty(),
          "SOURCE: bytes are no files, and have all special tokens that BERT needs");
  OutputFolder folder(out, given->has("overwrite"), kTokenizerOutput);
  const SpecialTokensToAdd added{.tokens = given->list("special"), .mask = given->text("mask")};
  const TokenizerFiles files = add_special_tokens(before->files(), added, source);
  const Tokenizer after(files, out);
  commit_tokenizer(files, folder);
  fmt::print("{} ids in {}, {} in {}\n", grouped(before->vocab_size()), source,
             grouped(after.vocab_size()), out);
  for (const std::string& token : ordinary_tokens(*before, added))
    fmt::print(
        stderr,
        "note: '{}' was an ordinary token: it is special now, so decoded texts leave it out\n",
        token);
  const SpecialTokens& special = after.special();
  fmt::print("cls {}, sep {}, pad {}, mask {}\n", named_id(after, special.cls),
             named_id(after, special.sep), named_id(after, special.pad),
             named_id(after, special.mask));
  fmt::print("next: tessera tokenize FILES --tokenizer {} --out DIR\n", shell_word(out));
  return 0;
}

}  // namespace tessera
