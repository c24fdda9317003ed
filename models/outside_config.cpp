#include "models/outside_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "framework/config/field.h"
#include "framework/config/resolved_model.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

/// Keys that say nothing about what is computed, or that the code around the tables reads.
constexpr auto kHarmless = std::to_array<std::string_view>({"_name_or_path",
                                                            "architectures",
                                                            "model_type",
                                                            "transformers_version",
                                                            "torch_dtype",
                                                            "dtype",
                                                            "use_cache",
                                                            "bos_token_id",
                                                            "eos_token_id",
                                                            "pad_token_id",
                                                            "sep_token_id",
                                                            "id2label",
                                                            "label2id",
                                                            "num_labels",
                                                            "problem_type",
                                                            "finetuning_task",
                                                            "task_specific_params",
                                                            "gradient_checkpointing",
                                                            "output_past",
                                                            "output_attentions",
                                                            "output_hidden_states",
                                                            "return_dict",
                                                            "torchscript",
                                                            "summary_type",
                                                            "summary_use_proj",
                                                            "summary_activation",
                                                            "summary_proj_to_labels",
                                                            "summary_first_dropout",
                                                            "reorder_and_upcast_attn",
                                                            "classifier_dropout",
                                                            "pretraining_tp",
                                                            "max_window_layers",
                                                            "sliding_window",
                                                            "transformers.js_config",
                                                            "_attn_implementation",
                                                            "_attn_implementation_autoset",
                                                            "is_llama_config",
                                                            "rope_interleaved",
                                                            "decoder_start_token_id",
                                                            "sinusoidal_pos_embds",
                                                            "seq_classif_dropout",
                                                            "qa_dropout",
                                                            "tie_weights_",
                                                            "_num_labels",
                                                            "is_decoder",
                                                            "chunk_size_feed_forward",
                                                            "layer_types",
                                                            "directionality",
                                                            "pooler_fc_size",
                                                            "pooler_num_attention_heads",
                                                            "pooler_num_fc_layers",
                                                            "pooler_size_per_head",
                                                            "pooler_type",
                                                            "unsloth_version",
                                                            "bad_words_ids",
                                                            "max_length",
                                                            "prefix",
                                                            "do_sample",
                                                            "temperature",
                                                            "top_k",
                                                            "top_p",
                                                            "num_beams",
                                                            "repetition_penalty",
                                                            "length_penalty",
                                                            "no_repeat_ngram_size",
                                                            "min_length",
                                                            "num_return_sequences",
                                                            "early_stopping",
                                                            "diversity_penalty",
                                                            "num_beam_groups",
                                                            "output_scores",
                                                            "return_dict_in_generate",
                                                            "forced_bos_token_id",
                                                            "forced_eos_token_id",
                                                            "remove_invalid_values",
                                                            "typical_p",
                                                            "encoder_no_repeat_ngram_size",
                                                            "exponential_decay_length_penalty",
                                                            "suppress_tokens",
                                                            "begin_suppress_tokens",
                                                            "tokenizer_class",
                                                            "is_encoder_decoder",
                                                            "pruned_heads",
                                                            "use_bfloat16",
                                                            "tf_legacy_loss",
                                                            "cross_attention_hidden_size",
                                                            "tie_encoder_decoder"});

/// The value at a path such as "rope_parameters.rope_theta"; null pointer where there is none.
const Json* find_in(const Json& object, std::string_view path) {
  if (const auto whole = object.find(std::string(path)); whole != object.end()) return &*whole;
  const size_t dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto inner = object.find(std::string(path.substr(0, dot)));
  if (inner == object.end() || !inner->is_object()) return nullptr;
  return find_in(*inner, path.substr(dot + 1));
}

void set_in(Json& object, std::string_view path, const Json& value) {
  const size_t dot = path.find('.');
  if (dot == std::string_view::npos) {
    object[std::string(path)] = value;
    return;
  }
  Json& inner = object[std::string(path.substr(0, dot))];
  if (!inner.is_object()) inner = Json::object();
  set_in(inner, path.substr(dot + 1), value);
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A JSON value as text: texts without quotes.
std::string text_of(const Json& value) {
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The value that text_of would show so.
Json value_of(const std::string& text) {
  if (text == "null") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  if (number_of(text)) return Json::parse(text, nullptr, false);
  return text;
}

bool same(std::string_view a, std::string_view b) {
  const auto x = number_of(a), y = number_of(b);
  return x && y ? *x == *y : a == b;
}

std::string_view spelling(std::string_view name) {
  return name.starts_with('<') || name.starts_with('>') ? name.substr(1) : name;
}

std::string shifted(const std::string& text, int64_t by) {
  const auto number = number_of(text);
  return by == 0 || !number ? text : fmt::format("{}", static_cast<int64_t>(*number) + by);
}

/// Whether a row counts; `ours` gives the value of a key of ours.
bool counts(const OutsideKey& key, const std::function<std::string(std::string_view)>& ours) {
  const auto& [other, value] = key.only_if;
  if (other.empty()) return true;
  return value.starts_with('!') ? ours(other) != value.substr(1) : ours(other) == value;
}

struct Stated {
  std::string key, text;
};

/// What a config says for a key; their own default when it says nothing.
std::optional<Stated> stated(const OutsideKey& key, const Json& config,
                             std::vector<std::string>& wrong) {
  std::optional<Stated> out;
  if (key.theirs.empty()) return Stated{std::string(key.ours), std::string(key.otherwise)};
  if (key.theirs[0].starts_with('>')) return out;
  for (const std::string_view name : key.theirs) {
    const Json* value = find_in(config, spelling(name));
    if (!value) continue;
    const std::string text = text_of(*value);
    if (!out)
      out = Stated{std::string(spelling(name)), text};
    else if (!same(out->text, text))
      wrong.push_back(fmt::format("{} is {} and {} is {}: both say one thing; make them equal",
                                  out->key, out->text, spelling(name), text));
  }
  if (!out && !key.otherwise.empty())
    out = Stated{std::string(spelling(key.theirs[0])), std::string(key.otherwise)};
  if (!out) wrong.push_back(fmt::format("{} is not stated", spelling(key.theirs[0])));
  return out;
}

std::string known_words(const OutsideKey& key) {
  std::vector<std::string_view> words;
  for (const auto& [theirs, ours] : key.words) words.push_back(theirs);
  return fmt::format("{}", fmt::join(words, ", "));
}

void note_unknown_keys(const OutsideFamily& family, const Json& config, const std::string& where,
                       std::vector<std::string>& notes) {
  std::set<std::string_view> known(kHarmless.begin(), kHarmless.end());
  for (const OutsideKey& key : family.keys) {
    for (const std::string_view name : key.theirs)
      known.insert(spelling(name).substr(0, spelling(name).find('.')));
  }
  std::vector<std::string> unknown;
  for (const auto& [name, value] : config.items())
    if (!known.contains(name)) unknown.push_back(name);
  if (!unknown.empty())
    notes.push_back(fmt::format("{}: not known to Tessera, and passed over: {}", where,
                                fmt::join(unknown, ", ")));
}

/// The value of a key; "none" where the config's kind of model has no such key.
std::string text_of_key(Config& config, std::string_view path) {
  for (const Section& section : bind_fields(config))
    for (const Field& field : section.fields)
      if (field.path() == path) return field.text();
  return "none";
}

void add_labels(Json& out, const std::vector<std::string>& labels) {
  Json names = Json::object(), numbers = Json::object();
  for (size_t i = 0; i < labels.size(); ++i) {
    names[std::to_string(i)] = labels[i];
    numbers[labels[i]] = i;
  }
  out["id2label"] = names;
  out["label2id"] = numbers;
  out["problem_type"] = "single_label_classification";
}

}  // namespace

const OutsideFamily& family_of(const Json& config, const std::string& where,
                               const ForeignTensors& file) {
  std::vector<std::string_view> known;
  for (const OutsideFamily* family : outside_families())
    if (!family->gguf) known.push_back(family->model_type);
  std::string type, first_class;
  if (const auto found = config.find("model_type"); found != config.end() && found->is_string())
    type = found->get<std::string>();
  if (const auto list = config.find("architectures");
      list != config.end() && list->is_array() && !list->empty() && list->front().is_string())
    first_class = list->front().get<std::string>();
  const OutsideFamily* of_type = nullptr;
  for (const OutsideFamily* family : outside_families()) {
    if (family->gguf) continue;
    if (!type.empty() ? family->model_type == type
                      : !first_class.empty() && family->find_class(first_class) != nullptr)
      of_type = family;
  }
  require(of_type || type.empty(), "{}: model_type is '{}'; Tessera knows {}", where, type,
          fmt::join(known, ", "));
  require(of_type ? first_class.empty() || of_type->find_class(first_class) != nullptr
                  : first_class.empty(),
          "{}: '{}' is a class of its own, not one whose computation Tessera knows", where,
          first_class);
  if (of_type) return *of_type;
  for (const OutsideFamily* family : outside_families())
    if (!family->gguf && outside_names(*family, file).in_file.contains(std::string(family->sign)))
      return *family;
  user_error(
      "{}: neither model_type nor architectures nor the tensors say what model this is; "
      "write \"model_type\", one of {}",
      where, fmt::join(known, ", "));
}

OutsideSettings settings_of(const OutsideFamily& family, const Json& config,
                            const std::string& where, const OutsideNames& names) {
  OutsideSettings out;
  std::vector<std::string> wrong;
  for (const auto& [key, value] : family.sets) out.sets.push_back(fmt::format("{}={}", key, value));
  std::map<std::string_view, std::string> ours;
  for (const OutsideKey& key : family.keys) {
    if (!counts(key, [&](std::string_view path) { return ours[path]; })) continue;
    const auto value = stated(key, config, wrong);
    if (!value) continue;
    std::string text = value->text;
    if (key.ours.empty()) {
      if (!same(text, key.otherwise))
        wrong.push_back(fmt::format("{} is {}; Tessera computes {} with {} alone", value->key, text,
                                    family.model_type, key.otherwise));
      continue;
    }
    out.theirs.emplace(key.ours, value->key);
    const auto word =
        std::ranges::find_if(key.words, [&](const auto& pair) { return same(pair.first, text); });
    if (word != key.words.end()) {
      text = word->second;
    } else if (!key.words.empty() && !number_of(text)) {
      wrong.push_back(
          fmt::format("{} is {}; Tessera knows {}", value->key, text, known_words(key)));
      continue;
    }
    text = shifted(text, -key.more);
    const auto [known, is_new] = ours.emplace(key.ours, text);
    if (!is_new && !same(known->second, text))
      wrong.push_back(fmt::format("{} is {}, and {} says {}: Tessera has one {} for both",
                                  value->key, value->text, out.theirs.at(std::string(key.ours)),
                                  known->second, key.ours));
    if (is_new) out.sets.push_back(fmt::format("{}={}", key.ours, text));
  }
  const auto has = [&](std::string_view tensor) {
    return names.in_file.contains(std::string(tensor));
  };
  for (const auto& row : family.presence)
    out.sets.push_back(fmt::format("{}={}", row.ours,
                                   has(row.tensor) && !has(row.unless) ? row.with : row.without));
  require(wrong.empty(), "{} cannot be imported:\n  {}", where, fmt::join(wrong, "\n  "));
  note_unknown_keys(family, config, where, out.notes);
  return out;
}

std::vector<std::string> obstacles(const OutsideFamily& family, const OutsideClass& kind,
                                   const Config& given) {
  Config config = with_model_resolved(given);
  std::vector<std::string> out;
  const auto demand = [&](std::string_view key, std::string_view values) {
    const std::string text = text_of_key(config, key);
    for (std::string_view rest = values; !rest.empty();) {
      const size_t end = std::min(rest.find('|'), rest.size());
      if (same(text, rest.substr(0, end))) return;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out.push_back(fmt::format("{} is {}, {} has {}", key, text, kind.name,
                              values.substr(0, values.find('|'))));
  };
  for (const auto& [key, value] : family.sets) demand(key, value);
  for (const auto& [key, value] : kind.sets) demand(key, value);
  if (std::ranges::none_of(kind.sets, [](const auto& set) { return set.first == "task.type"; }))
    demand("task.type", "pretrain");
  for (const OutsideKey& key : family.keys) {
    if (key.theirs.empty() &&
        counts(key, [&](std::string_view path) { return text_of_key(config, path); }))
      demand(key.ours, key.otherwise);
    if (key.ours.empty() || key.words.empty()) continue;
    const std::string text = text_of_key(config, key.ours);
    const bool known =
        std::ranges::any_of(key.words, [&](const auto& pair) { return same(pair.second, text); });
    if (!known && !number_of(text))
      out.push_back(
          fmt::format("{} is {}, which {} does not have", key.ours, text, family.model_type));
  }
  return out;
}

Json outside_config(const OutsideFamily& family, const OutsideClass& kind, const Config& given,
                    const Json& original) {
  Config as_stated = given, config = with_model_resolved(given);
  Json out = original;
  out["architectures"] = Json::array({kind.name});
  out["model_type"] = family.model_type;
  for (const OutsideKey& key : family.keys) {
    if (!counts(key, [&](std::string_view path) { return text_of_key(config, path); })) continue;
    std::string text(key.otherwise);
    if (!key.ours.empty()) {
      text = text_of_key(config, key.ours);
      const auto word = [&](std::string_view ours) {
        return std::ranges::any_of(key.words,
                                   [&](const auto& pair) { return pair.second == ours; });
      };
      if (word("auto") && text_of_key(as_stated, key.ours) == "auto") text = "auto";
      for (const auto& [theirs, ours] : key.words)
        if (same(ours, text)) {
          text = theirs;
          break;
        }
      text = shifted(text, key.more);
    }
    const Json value = value_of(text);
    for (const std::string_view name : key.theirs) {
      if (name.starts_with('<')) continue;
      // Where null stands for a missing key, a class may not expect to find it.
      if (value.is_null() && key.otherwise == "null" && !find_in(original, spelling(name)))
        continue;
      set_in(out, spelling(name), value);
    }
  }
  if (config.task.type == TaskConfig::Type::classify) add_labels(out, config.task.labels);
  return out;
}

}  // namespace tessera
