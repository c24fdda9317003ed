// `tessera import` keeps a model of another program as a checkpoint of Tessera.
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "framework/checkpoint/checkpoint_verdicts.h"
#include "framework/checkpoint/checkpoint_writer.h"
#include "framework/config/print.h"
#include "framework/core/error.h"
#include "framework/data/output_folder.h"
#include "framework/record/run_state.h"
#include "launch/classifier_source.h"
#include "launch/command_line.h"
#include "launch/document_marks.h"
#include "launch/origin_files.h"
#include "launch/source.h"
#include "launch/verbs.h"
#include "launch/version.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Anything in the folder is the user's.
const OldOutput kImportOutput{.called = "an imported model",
                              .alone_in = [](const fs::path&) { return false; }};

std::map<std::string, std::string> files_of(const ModelSource& source) {
  std::map<std::string, std::string> files = to_files(origin_of(source));
  for (const auto& [name, bytes] : source.tokenizer->files().all())
    files[fmt::format("{}/{}", kTokenizerFolder, name)] = bytes;
  return files;
}

}  // namespace

int run_import(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "import",
      .summary =
          "Keeps a model as a checkpoint of Tessera. There is no need to: every verb that "
          "takes a SOURCE reads the model where it is.",
      .words = {{"SOURCE", kSourceHelp}},
      .options = {{"out", "DIR", "the folder to write; it must not exist, or be empty"},
                  set_option()},
      .examples = {"gpt2/ --out imported", "smollm2.gguf --out imported"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  require(given->has("out"), "import: --out DIR says which folder to write");
  const ModelSource source = open_with_task(given->text("SOURCE"), given->list("set"));
  const auto& tokenizer = source.require_tokenizer();
  const fs::path folder = given->text("out");
  OutputFolder output(folder, false, kImportOutput);
  output.clear();

  std::vector<std::vector<float>> numbers;
  std::vector<PartTensor> parts;
  int64_t count = 0;
  for (const std::string& name : source.tensors->names()) {
    const TensorType& type = source.tensors->type(name);
    if (type.dtype != DType::f32 || name.find('@') != std::string::npos) continue;  // moments
    const Box whole = Box::whole(type.shape);
    numbers.emplace_back(static_cast<size_t>(type.numel()));
    source.tensors->read(name, whole, numbers.back().data());
    parts.push_back({name, type, whole, numbers.back().data()});
    count += type.numel();
  }
  RunState state;
  state.environment = {{"tessera", version_text()},
                       {"tokenizer", tokenizer->description()},
                       {std::string(kDocumentMarks), to_text(source.marks)}};
  state.origin = Origin::of("");
  CheckpointVerdicts verdicts;
  {
    CheckpointWriter writer(output.partial() / "checkpoints", 0);
    writer.write(parts);
    writer.read_back();
    writer.commit(to_yaml(source.config), to_json(state), 1, verdicts, files_of(source));
  }
  output.commit();
  fmt::print("{}: {} parameters in {} tensors, from {}\n", folder.string(), count, parts.size(),
             source.place.string());
  return 0;
}

}  // namespace tessera
