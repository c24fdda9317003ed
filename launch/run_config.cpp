#include "launch/run_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <vector>

#include "framework/config/field.h"
#include "framework/config/model_kind.h"
#include "framework/config/parse.h"
#include "framework/config/stated.h"
#include "framework/core/error.h"
#include "framework/core/user_path.h"
#include "framework/data/shard_manifest.h"
#include "framework/record/recorded_config.h"
#include "framework/tokenizer/tokenizer.h"
#include "launch/checkpoint_source.h"
#include "launch/source.h"
#include "models/model.h"

namespace tessera {
namespace {

using Stated = std::map<std::string, std::string>;

/// Keys that a run may choose for itself: the tensors are the same, but for rows that are left out
/// or added.
constexpr auto kFree = std::to_array<std::string_view>(
    {"model.dropout", "model.attention_dropout", "model.init_std", "model.context", "model.vocab"});

/// Keys of a model's own heads, which a run with another task does without.
constexpr auto kHeads = std::to_array<std::string_view>(
    {"model.masked_head", "model.next_sentence", "model.pooler", "data.sentence_pairs"});

int64_t number_in(const Stated& stated, const std::string& key, int64_t otherwise) {
  const auto found = stated.find(key);
  if (found == stated.end()) return otherwise;
  int64_t number = otherwise;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

/// The ids of the tokenizer of the run's shards; 0 where there are none.
int64_t ids_of_shards(const Stated& stated) {
  const auto shards = stated.find("data.shards");
  if (shards == stated.end() || !holds_token_shards(shards->second)) return 0;
  return make_tokenizer(read_shard_manifest(shards->second).tokenizer, shards->second)
      ->vocab_size();
}

/// Rows of tokens for a model of `rows`: as many as tokens need, and as tp divides.
int64_t rows_needed(int64_t rows, const Stated& stated) {
  const int64_t tp = std::max<int64_t>(1, number_in(stated, "mesh.tp", 1));
  return (std::max(rows, ids_of_shards(stated)) + tp - 1) / tp * tp;
}

/// The text as its key prints it, so that 1e-5 and 0.00001 are one.
std::string plain(Config& config, const std::string& key, const std::string& text) {
  for (Section& section : bind_fields(config))
    for (Field& field : section.fields)
      if (field.path() == key && field.read(text).empty()) return field.text();
  return text;
}

/// The keys of the model of a run or checkpoint.
std::vector<std::string> model_of(const std::string& named) {
  Config config = find_checkpoint(named, {}).config;
  std::vector<std::string> out;
  for (const Section& section : bind_fields(config))
    for (const Field& field : section.fields)
      if (section.name == "model" && reads(config, field.path()))
        out.push_back(fmt::format("{}={}", field.path(), field.text()));
  return out;
}

/// sets_with_start for a config that states these keys.
std::vector<std::string> with_start(const std::string& path, const Stated& stated,
                                    std::span<const std::string> sets) {
  const KnownKinds kinds = shipped_models().kinds();
  const auto named = stated.find("init.from");
  const std::string from = named == stated.end() ? "" : user_path(named->second);
  const bool outside = !from.empty() && is_outside_model(from);
  if (from.empty() || (!outside && stated.contains("model.layers")))
    return {sets.begin(), sets.end()};
  const auto task = stated.find("task.type");
  const bool pretrains = task == stated.end() || task->second == "pretrain";
  Config words = with_kinds(kinds);
  std::vector<std::string> all, wrong;
  for (const std::string& set :
       outside ? OutsideModel(shipped_models(), from).settings() : model_of(from)) {
    const size_t equals = set.find('=');
    const std::string key = set.substr(0, equals), value = set.substr(equals + 1);
    if (key == "model.type") words.model.type = value;
    if (!pretrains && std::ranges::find(kHeads, key) != kHeads.end()) continue;
    const auto given = stated.find(key);
    if (given == stated.end()) {
      all.push_back(key == "model.vocab" && value != "auto"
                        ? fmt::format("{}={}", key, rows_needed(std::stoll(value), stated))
                        : set);
    } else if (std::ranges::find(kFree, key) == kFree.end() && given->second != "auto" &&
               plain(words, key, given->second) != plain(words, key, value)) {
      wrong.push_back(fmt::format("{} is {} here, and {} there", key, given->second, value));
    }
  }
  require(wrong.empty(),
          "{}: init.from: {} is another model; leave these keys out, or choose "
          "another model:\n  {}",
          path, from, fmt::join(wrong, "\n  "));
  all.insert(all.end(), sets.begin(), sets.end());
  return all;
}

}  // namespace

std::vector<std::string> sets_with_start(const std::string& path,
                                         std::span<const std::string> sets) {
  return with_start(path, stated_keys(path, sets), sets);
}

Config config_begun_with(const std::string& named, std::span<const std::string> sets) {
  constexpr int64_t kUsualLength = 1024;
  const OutsideModel model(shipped_models(), named);
  const int64_t context = model.config({}).model.context;
  Stated stated = stated_keys("", sets);
  std::vector<std::string> all{"init.from=" + named};
  if (!stated.contains("task.type")) {
    std::vector<std::string> task = model.task_settings();
    const auto headless = [](const std::string& set) { return set == "model.masked_head=false"; };
    if (task.empty() && std::ranges::any_of(model.settings(), headless))
      task = OutsideModel::task_settings({"a", "b"});
    all.insert(all.end(), task.begin(), task.end());
  }
  if (!stated.contains("batch.length") && !stated.contains("task.max_length"))
    all.push_back(fmt::format(
        "batch.length={}",
        std::min({number_in(stated, "model.context", context), context, kUsualLength})));
  all.insert(all.end(), sets.begin(), sets.end());
  return parse_config(shipped_models().kinds(), "", named,
                      with_start(named, stated_keys("", all), all));
}

Config load_run_config(const std::string& path, std::span<const std::string> sets) {
  return load_named_config(shipped_models().kinds(), path, sets_with_start(path, sets));
}

}  // namespace tessera
