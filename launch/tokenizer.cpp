// `tessera tokenizer` makes tokenizers, shows what they do, encodes and decodes with them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "launch/tokenizer_modes.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

struct Mode {
  std::string_view name, summary;
  int (*run)(std::span<const std::string> args);
};

constexpr std::array kModes{
    Mode{"train", "make a tokenizer from text", tokenizer_train},
    Mode{"show", "say what a tokenizer is made of, and how it cuts a text", tokenizer_show},
    Mode{"encode", "turn lines of text into lines of ids", tokenizer_encode},
    Mode{"decode", "turn lines of ids into text", tokenizer_decode},
    Mode{"compare", "say what two tokenizers make of the same text", tokenizer_compare},
    Mode{"add", "add special tokens to a tokenizer", tokenizer_add},
    Mode{"time", "say how fast a tokenizer encodes", tokenizer_time},
};

std::string overview() {
  std::string text = "tessera tokenizer MODE …\n\n";
  for (const Mode& mode : kModes) text += fmt::format("  {:<12}{}\n", mode.name, mode.summary);
  return text + "\n`tessera tokenizer MODE --help` explains one.\n";
}

}  // namespace

int run_tokenizer(std::span<const std::string> args) {
  if (args.empty() || args[0] == "--help" || args[0] == "-h") {
    fmt::print("{}", overview());
    return 0;
  }
  std::vector<std::string> names;
  for (const Mode& mode : kModes) {
    if (mode.name == args[0]) return mode.run(args.subspan(1));
    names.emplace_back(mode.name);
  }
  require(!args[0].starts_with('-'),
          "tokenizer: unknown option '{}'{}; see `tessera help tokenizer`", args[0],
          nearest(args[0], {"--help"}) ? "; did you mean --help?" : "");
  const auto meant = nearest(args[0], names);
  user_error("tokenizer: there is no mode '{}'{}; known: {}", args[0],
             meant ? "; did you mean '" + *meant + "'?" : "", fmt::join(names, ", "));
}

}  // namespace tessera
