// `tessera export` writes a model as other programs read it.
#include <fmt/format.h>

#include "framework/core/error.h"
#include "launch/classifier_source.h"
#include "launch/command_line.h"
#include "launch/export_folder.h"
#include "launch/export_gguf.h"
#include "launch/overwrite_option.h"
#include "launch/sentence_folder.h"
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
      .options =
          {{"out", "PATH", "the folder to write, which must not exist or be empty, or the .gguf"},
           {"overwrite", "", "replace a .gguf that exists"},
           {"as", "FORM",
            "hf (default), a folder for transformers; sentence-transformers, the same with how texts become vectors; gguf, a file for llama.cpp"},
           {"dtype", "TYPE",
            "f32, bf16, f16 or, in GGUF, q8_0; otherwise the type that the model came in, or f32"},
           {"shard-size", "SIZE", "most bytes of one file of weights (default 5GB)"},
           {"verify", "TEXT", "compute the model on this text from the written files and compare"},
           pool_option(),
           normalize_option(),
           length_option(),
           set_option()},
      .examples = {"runs/gpt-small --out gpt-small-hf", "runs/chats --out chats --dtype bf16"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"), "export: --out says which folder or file to write");
  const std::string form = given->text("as", "hf");
  require(form == "hf" || form == "gguf" || form == "sentence-transformers",
          "export: --as: '{}' is none of: hf, sentence-transformers, gguf", form);
  // What makes vectors of texts has no use for the head of a classifier.
  const ModelSource source = form == "sentence-transformers"
                                 ? open_source(given->text("SOURCE"), given->list("set"))
                                 : open_with_task(given->text("SOURCE"), given->list("set"));
  ExportOptions options;
  options.folder = given->text("out");
  options.overwrite = overwrite_of(*given);
  if (given->has("dtype")) options.type = export_type(given->text("dtype"));
  if (given->has("shard-size")) options.set_shard_size(given->text("shard-size"));
  require(form == "gguf" || options.type != StoredType::q8_0,
          "export: --dtype q8_0 is of GGUF files; add --as gguf");
  require(form == "gguf" || !given->has("overwrite"),
          "export: --overwrite is of GGUF files; a folder must not exist, or be empty");
  require(form != "gguf" || !given->has("shard-size"),
          "export: --shard-size is of folders; a GGUF file is whole");
  if (form == "sentence-transformers") {
    require_sentence_model(source);
    options.pooling = chosen_pooling(source.place, source.config.model.context, *given);
  } else {
    for (const char* option : {"pool", "normalize", "length"})
      require(!given->has(option), "export: --{} is of --as sentence-transformers", option);
  }
  const ExportReport report =
      form == "gguf" ? export_gguf(source, options) : export_folder(source, options);
  fmt::print("{}: {}, {} tensors, {:.1f} MiB of weights in {} file{}\n", options.folder.string(),
             report.kind, report.tensors, static_cast<double>(report.bytes) / 0x1p20, report.files,
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
