// `tessera new` looks at a model and at data and writes the config of a run.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "launch/command_line.h"
#include "launch/new_classify.h"
#include "launch/overwrite_option.h"
#include "launch/shell_word.h"
#include "launch/source.h"
#include "launch/verbs.h"

namespace tessera {

int run_new(std::span<const std::string> args) {
  const CommandLine line{
      "new",
      "Looks at a model and at data and writes the config of a run, complete and with comments: "
      "`new classify` for telling one of several labels of a text.",
      {{"TASK", "classify"},
       {"FILE", "TSV, CSV or JSON lines with a text and a label in each row"}},
      {{"from", "SOURCE", std::string("the model to begin with: ") + kSourceHelp},
       {"text", "COLUMN", "the column of the text; twice for a pair of texts", true},
       {"label", "COLUMN", "the column of the label"},
       {"validation", "FILE", "examples to evaluate on; otherwise a part of FILE is held out"},
       {"epochs", "N", "passes over the data; otherwise 2 or 3"},
       {"out", "FILE", "the file to write; otherwise NAME.yaml here, for NAME.tsv"},
       overwrite_option()},
      {"classify --from runs/bert reviews.tsv",
       "classify --from minilm pairs.csv --out pairs.yaml"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->text("TASK") == "classify", "new: there is no task '{}'; known: classify",
          given->text("TASK"));
  require(given->has("from"),
          "new: --from is missing: name the model to begin with, such as "
          "--from runs/NAME");
  NewClassify wanted{.source = given->text("from"),
                     .file = given->text("FILE"),
                     .validation = given->text("validation"),
                     .texts = given->list("text"),
                     .label = given->text("label"),
                     .epochs = given->integer("epochs", 0, 1)};
  const std::string out =
      given->text("out", std::filesystem::path(wanted.file).stem().stem().string() + ".yaml");
  OutputFile file("new", out, overwrite_of(*given));
  const std::string yaml = new_classify(wanted, out);
  write_durable(file.partial(), yaml);
  file.commit();
  fmt::print("{}\nwritten to {}; next: tessera train {}\n", yaml, out, shell_word(out));
  return 0;
}

}  // namespace tessera
