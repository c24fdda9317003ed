// `tessera export` writes a model as other programs read it.
#include <fmt/format.h>

#include "framework/core/error.h"
#include "launch/command_line.h"
#include "launch/export_folder.h"
#include "launch/source.h"
#include "launch/verbs.h"

namespace tessera {

int run_export(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "export",
      .summary =
          "Writes a model as Hugging Face's libraries read it: config, weights, tokenizer and a "
          "model card.",
      .words = {{"SOURCE", kSourceHelp}},
      .options = {{"out", "DIR", "the folder to write; it must not exist, or be empty"},
                  {"as", "FORM", "hf (default)"},
                  {"dtype", "TYPE",
                   "f32, bf16 or f16; otherwise the type that the model came in, or f32"},
                  {"shard-size", "SIZE", "most bytes of one file of weights (default 5GB)"},
                  {"verify", "TEXT",
                   "compute the model on this text from the written files and compare"},
                  set_option()},
      .examples = {"runs/gpt-small --out gpt-small-hf", "runs/chats --out chats --dtype bf16"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"), "export: --out DIR says which folder to write");
  const ModelSource source = open_source(given->text("SOURCE"), given->list("set"));
  ExportOptions options;
  options.folder = given->text("out");
  const std::string form = given->text("as", "hf");
  require(form == "hf", "export: --as: '{}' is none of: hf", form);
  if (given->has("dtype")) options.type = export_type(given->text("dtype"));
  if (given->has("shard-size")) options.set_shard_size(given->text("shard-size"));
  const ExportReport report = export_folder(source, options);
  fmt::print("{}: {} of transformers, {} tensors, {:.1f} MiB of weights in {} file{}\n",
             options.folder.string(), report.kind, report.tensors,
             static_cast<double>(report.bytes) / 0x1p20, report.files,
             report.files == 1 ? "" : "s");
  for (const std::string& note : report.notes) fmt::print("note: {}\n", note);
  if (given->has("verify")) {
    const Verification seen =
        verify_export(source, options.folder, given->text("verify"), given->list("set"));
    fmt::print(
        "verified: {} numbers from the written files, the largest difference is {:.1e} of "
        "the largest\n",
        seen.numbers, seen.difference);
    require(seen.difference <= seen.bound,
            "export: what the written files compute differs by {:.1e} of the largest number; the "
            "rounding of {} allows {:.0e}",
            seen.difference, report.type, seen.bound);
  }
  return 0;
}

}  // namespace tessera
