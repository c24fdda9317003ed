#include "launch/pooling.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

Pooling::Mode mode_of(const nlohmann::json& config, const std::string& where) {
  const std::pair<const char*, Pooling::Mode> known[] = {
      {"pooling_mode_mean_tokens", Pooling::Mode::mean},
      {"pooling_mode_cls_token", Pooling::Mode::cls},
      {"pooling_mode_lasttoken", Pooling::Mode::last}};
  std::optional<Pooling::Mode> mode;
  for (const auto& item : config.items()) {
    const std::string& key = item.key();
    const nlohmann::json& value = item.value();
    if (!key.starts_with("pooling_mode_") || !value.is_boolean() || !value.get<bool>()) continue;
    const auto* row = std::find_if(std::begin(known), std::end(known),
                                   [&](const auto& k) { return key == k.first; });
    require(row != std::end(known), "{}: {} is not supported; supported are mean, cls and last",
            where, key);
    require(!mode, "{}: two ways of pooling at a time are not supported", where);
    mode = row->second;
  }
  if (config.contains("pooling_mode"))
    return pooling_mode(json_text(config["pooling_mode"], where));
  require(mode.has_value(), "{}: it states no way of pooling", where);
  return *mode;
}

nlohmann::json read_json(const fs::path& path) {
  return parse_json_object(whole_text(path), path.string());
}

}  // namespace

Pooling::Mode pooling_mode(const std::string& name) {
  if (name == "mean") return Pooling::Mode::mean;
  if (name == "cls") return Pooling::Mode::cls;
  if (name == "last" || name == "lasttoken") return Pooling::Mode::last;
  user_error("'{}' is no way of pooling; choose mean, cls or last", name);
}

std::vector<float> Pooling::apply(std::span<const float> hidden, size_t width) const {
  const size_t tokens = hidden.size() / width;
  check(tokens > 0, "a text without tokens has no vector");
  std::vector<float> vector(width);
  if (mode == Mode::mean) {
    std::vector<double> sums(width);
    for (size_t t = 0; t < tokens; ++t)
      for (size_t i = 0; i < width; ++i) sums[i] += hidden[t * width + i];
    for (size_t i = 0; i < width; ++i)
      vector[i] = static_cast<float>(sums[i] / static_cast<double>(tokens));
  } else {
    const auto row = hidden.subspan(mode == Mode::cls ? 0 : (tokens - 1) * width, width);
    vector.assign(row.begin(), row.end());
  }
  if (!normalize) return vector;
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * x;
  const double norm = std::max(std::sqrt(squares), 1e-12);
  for (float& x : vector) x = static_cast<float>(x / norm);
  return vector;
}

std::optional<Pooling> pooling_of_folder(const fs::path& folder) {
  const fs::path modules = folder / "modules.json";
  std::error_code error;
  if (!fs::is_directory(folder, error) || !fs::exists(modules, error)) return std::nullopt;
  // The file is a list, and json.h reads objects.
  const nlohmann::json parsed =
      parse_json_object("{\"modules\":" + whole_text(modules) + "}", modules.string());
  Pooling pooling;
  bool pools = false;
  for (const auto& module : json_list(parsed["modules"], modules.string())) {
    const std::string type =
        json_text(json_member(module, "type", modules.string()), modules.string() + ": type");
    const std::string path =
        json_text(json_member(module, "path", modules.string()), modules.string() + ": path");
    require(path.find("..") == std::string::npos && !path.starts_with('/'),
            "{}: the path {} leads out of the folder", modules.string(), path);
    const std::string name = type.substr(type.rfind('.') + 1);
    if (name == "Transformer") {
      const fs::path own = folder / path / "sentence_bert_config.json";
      if (!fs::exists(own, error)) continue;
      const nlohmann::json config = read_json(own);
      if (config.contains("max_seq_length") && !config["max_seq_length"].is_null())
        pooling.most_tokens = json_count(config["max_seq_length"], own.string());
    } else if (name == "Pooling") {
      const fs::path own = folder / path / "config.json";
      pooling.mode = mode_of(read_json(own), own.string());
      pools = true;
    } else {
      require(
          name == "Normalize",
          "{}: the module {} is not supported; supported are Transformer, Pooling and Normalize",
          modules.string(), type);
      pooling.normalize = true;
    }
  }
  require(pools, "{}: no module pools the vectors of tokens", modules.string());
  return pooling;
}

Option pool_option() {
  return {"pool", "HOW", "mean, cls (the first token) or last, of the tokens' vectors"};
}
Option normalize_option() { return {"normalize", "", "make every vector's length 1"}; }
Option length_option() {
  return {"length", "N", "cut texts to N tokens (default: as stated, else the context)"};
}

Pooling chosen_pooling(const fs::path& place, int64_t context, const Arguments& given) {
  const std::optional<Pooling> stated = pooling_of_folder(place);
  require(stated || given.has("pool"),
          "{} does not state how vectors of tokens become one: give --pool mean, cls or last",
          place.string());
  Pooling pooling = stated.value_or(Pooling{});
  if (given.has("pool")) pooling.mode = pooling_mode(given.text("pool"));
  pooling.normalize |= given.has("normalize");
  pooling.most_tokens = given.integer(
      "length", pooling.most_tokens > 0 ? std::min(pooling.most_tokens, context) : context, 1);
  require(pooling.most_tokens <= context, "--length: the model's context holds {} tokens, not {}",
          context, pooling.most_tokens);
  return pooling;
}

}  // namespace tessera
