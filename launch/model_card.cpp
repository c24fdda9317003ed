#include "launch/model_card.h"

#include <fmt/format.h>

#include "framework/core/json_number.h"
#include "framework/record/progress.h"
#include "framework/record/run_state.h"
#include "launch/version.h"

namespace tessera {
namespace {

std::string training_text(const ModelSource& source) {
  const Config& config = source.config;
  const RunState state =
      parse_run_state(source.checkpoint->run_json(), (source.place / "run.json").string());
  std::string text = fmt::format(
      "## Training\n\n"
      "{} updates, {} tokens, in sequences of {}. Optimizer {}, learning rate {:g}.\n",
      grouped(state.step), grouped(state.tokens), config.sequence_length(),
      choice_name(config.optimizer.type), config.optimizer.lr);
  if (!config.init.from.empty())
    text += fmt::format("It began with the weights of `{}`.\n",
                        std::filesystem::path(config.init.from).filename().string());
  if (source.marks.opened())
    text += fmt::format("Every text began with the token `{}` (id {}); put it before a prompt.\n",
                        source.require_tokenizer()->token(source.marks.opens), source.marks.opens);
  if (!config.data.shards.empty())
    text += fmt::format("The text is the one tokenized as `{}` ({}).\n",
                        std::filesystem::path(config.data.shards).filename().string(),
                        state.data.empty() ? "not recorded" : state.data);
  if (!config.data.train.empty())
    text += fmt::format("The examples are those of `{}`.\n",
                        std::filesystem::path(config.data.train).filename().string());
  if (!state.last_evaluation) return text;
  text += "\n## Scores on held-out text\n\n| figure | value |\n|---|---|\n";
  text += fmt::format("| loss | {} |\n", number_text(state.last_evaluation->loss, "{:.4f}"));
  for (const auto& [name, value] : state.last_evaluation->figures)
    text += fmt::format("| {} | {} |\n", name, number_text(value, "{:.4f}"));
  return text;
}

/// The name of the run, folder or file that the model is.
std::string name_of(const std::filesystem::path& place) {
  const std::filesystem::path folder = place.parent_path();
  return (folder.filename() == "checkpoints" ? folder.parent_path() : place).filename().string();
}

}  // namespace

std::string model_card(const ModelSource& source, const std::string& kind) {
  const ModelConfig& model = source.config.model;
  std::string text = fmt::format(
      "---\nlibrary_name: transformers\ntags:\n- tessera\n---\n\n# {}\n\n"
      "A {} with {} layers of width {}, {} heads and a context of {} tokens, exported by Tessera "
      "{}.\n\n",
      name_of(source.place), kind, model.layers, model.hidden, model.heads, model.context,
      version_text());
  text += source.checkpoint ? training_text(source)
                            : fmt::format("The weights are those of `{}`, unchanged.\n",
                                          source.place.filename().string());
  return text;
}

}  // namespace tessera
