#include "launch/quickstart_score.h"

#include <fmt/format.h>

#include "framework/core/json_number.h"
#include "framework/data/token_shards.h"
#include "models/model.h"

namespace tessera {

using Json = nlohmann::ordered_json;

Json score(const Config& config, const Json& trained) {
  const ModelDef& model = shipped_models().of(config);
  const Yardstick& yardstick = model.yardstick;
  std::map<std::string, double> measured;
  if (yardstick.measure) {
    const TokenSplit split =
        split_tokens(TokenShards::open(config.data.shards), config.data.validation);
    measured = yardstick.measure(config, split, *model.batches(config, split));
  }
  Json out;
  for (const Yardstick::Row& row : yardstick.rows)
    out[row.key] =
        row.trained.empty() ? to_json_number(measured.at(row.key)) : trained.at(row.trained);
  for (const char* key : {"tokens_per_s", "seconds", "checkpoint"}) out[key] = trained.at(key);
  return out;
}

void print_score(const Config& config, const Json& figures) {
  const Yardstick yardstick = shipped_models().of(config).yardstick;
  const bool bytes =
      TokenShards::open(config.data.shards)->tokenizer().kind() == ByteTokenizer::kType;
  const auto words = [&](const std::string& text) {
    return fmt::format(fmt::runtime(text), fmt::arg("token", bytes ? "byte" : "token"));
  };
  fmt::print("\n{}\n", words(yardstick.title));
  for (const Yardstick::Row& row : yardstick.rows)
    fmt::print("  {:<46}{:>8}\n", words(row.what),
               number_text(from_json_number(figures.at(row.key), row.key), "{:.4f}"));
}

}  // namespace tessera
