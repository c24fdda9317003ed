// `tessera generate` continues a text with a trained GPT.
#include <fmt/format.h>

#include <cstdio>

#include "framework/assembly/device.h"
#include "framework/core/error.h"
#include "framework/tokenizer/stream_decoder.h"
#include "framework/train/generator.h"
#include "launch/command_line.h"
#include "launch/source.h"
#include "launch/verbs.h"

namespace tessera {
int run_generate(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "generate",
      .summary =
          "Continues a text with a trained GPT, one token at a time through a key/value cache.",
      .words = {{"SOURCE", kSourceHelp}},
      .options = {{"prompt", "TEXT", "what to continue (default: the start of a document)"},
                  {"tokens", "N", "most tokens to make (default 256)"},
                  {"temperature", "T", "0: always the likeliest (default 0.8)"},
                  {"top-k", "K", "draw among the K likeliest (default 0: all)"},
                  {"top-p", "P", "draw among the likeliest that hold this probability (default 1)"},
                  {"seed", "N", "the same seed makes the same text (default 1)"},
                  set_option()},
      .examples = {"runs/quickstart --prompt '#include <vec'",
                   "configs/gpt-small.yaml --temperature 0 --tokens 64"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  Sampling sampling;
  sampling.temperature = given->real("temperature", sampling.temperature);
  sampling.top_k = given->integer("top-k", 0);
  sampling.top_p = given->real("top-p", 1);
  sampling.seed = static_cast<uint64_t>(given->integer("seed", 1));
  require(sampling.temperature >= 0, "--temperature: it must not be negative");
  require(sampling.top_p > 0 && sampling.top_p <= 1, "--top-p: it is above 0 and at most 1");

  const ModelSource source = open_source(given->text("SOURCE"), given->list("set"));
  const Config& config = source.config;
  const Tokenizer& tokenizer = *source.require_tokenizer();
  const DocumentMarks& marks = source.marks;
  const int32_t end = marks.closed() ? marks.closes : marks.opens;
  const std::string text = given->text("prompt");
  std::vector<int32_t> prompt;
  if (marks.opened()) prompt.push_back(marks.opens);
  const std::vector<int32_t> given_ids = tokenizer.encode(text);
  prompt.insert(prompt.end(), given_ids.begin(), given_ids.end());
  require(
      !prompt.empty(),
      "--prompt: it is empty, and no token opens the documents that {} was trained on; give the "
      "first words",
      source.place.string());
  const auto context = static_cast<size_t>(config.model.context);
  require(prompt.size() <= context,
          "--prompt: {} tokens and the one that every document begins with do not fit: "
          "model.context is {}; shorten the prompt",
          given_ids.size(), context);
  Generator generator(shipped_models(), config, tokenizer.vocab_size(), make_device(config.device));
  generator.load(*source.tensors);

  bool begun = false;
  StreamDecoder decoder(tokenizer);
  for (const int32_t id : prompt) decoder.add(id);  // how the first token begins may depend on them
  const auto show = [&](int32_t token) {
    if (!begun) fmt::print("{}", text);
    begun = true;
    if (token == end) return false;
    fmt::print("{}", decoder.add(token));
    std::fflush(stdout);
    return true;
  };
  const int64_t most = given->integer("tokens", 256, 1);
  const auto made = generator.run(prompt, most, sampling, source.usable_ids(), show);
  fmt::print("{}\n", decoder.finish());
  std::fflush(stdout);
  if (made.back() != end && static_cast<int64_t>(made.size()) < most)
    fmt::print(stderr, "stopped after {} tokens: model.context = {} is full\n", made.size(),
               context);
  return 0;
}

}  // namespace tessera
