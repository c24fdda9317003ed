#include "models/transformer_config.h"

#include <cmath>

#include "framework/config/choices.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

/// Checks the numbers of heads; heads that tp does not divide are padded.
void check_heads(const Checks& checks) {
  const ModelConfig& model = checks.config.model;
  const int64_t tp = checks.config.mesh.tp_size(),
                multiple = checks.config.mesh.head_multiple_or_tp();
  checks.demand(multiple % tp == 0, {"mesh.head_multiple", "mesh.tp"},
                "mesh.head_multiple = {} is no multiple of mesh.tp = {}; make it one, or auto",
                multiple, tp);
  const int64_t heads = model.kv_head_count();
  const char* const key = model.kv_heads ? "model.kv_heads" : "model.heads";
  const char* const which = model.kv_heads ? "key/value " : "";
  checks.demand(heads >= tp, {"mesh.tp", key},
                "{} {}heads are fewer than {} tensor parallel ranks, some of which would hold "
                "padding alone; change {} or mesh.tp",
                heads, which, tp, key);
  checks.demand(
      heads % multiple == 0 || model.attention_dropout == 0,
      {"model.attention_dropout", "mesh.tp", key},
      "{} {}heads are padded to a multiple of {}, and with model.attention_dropout padding is not "
      "supported: it would shift the random numbers; make it 0, or change {} or mesh.tp",
      heads, which, multiple, key);
}

int64_t original_context(const ModelConfig& m) {
  return m.rope_original_context.value_or(m.context);
}

bool slows_by_turns(const ModelConfig& m) {
  return m.rope_scaling == ModelConfig::RopeScaling::llama3 ||
         m.rope_scaling == ModelConfig::RopeScaling::yarn;
}

void check_scaling(const Checks& checks) {
  using Scaling = ModelConfig::RopeScaling;
  const ModelConfig &m = checks.config.model, usual;
  checks.without_effect(m.positions == ModelConfig::Positions::rotary, "model.rope_scaling",
                        m.rope_scaling, usual.rope_scaling, "model.positions", "learned");
  const std::string scaling(choice_name(m.rope_scaling));
  const auto only = [&](bool when, const char* key, const auto& value, const auto& standard) {
    checks.without_effect(when, key, value, standard, "model.rope_scaling", scaling);
  };
  only(m.rope_scaling != Scaling::none, "model.rope_factor", m.rope_factor, usual.rope_factor);
  only(slows_by_turns(m), "model.rope_original_context", m.rope_original_context,
       usual.rope_original_context);
  only(slows_by_turns(m), "model.rope_low", m.rope_low, usual.rope_low);
  only(slows_by_turns(m), "model.rope_high", m.rope_high, usual.rope_high);
  only(m.rope_scaling == Scaling::yarn, "model.rope_magnitude", m.rope_magnitude,
       usual.rope_magnitude);
  checks.demand(!slows_by_turns(m) || m.rope_low < m.rope_high,
                {"model.rope_low", "model.rope_high", "model.rope_scaling"},
                "model.rope_low = {} is not below model.rope_high = {}", m.rope_low, m.rope_high);
}

/// The attributes of the rotary op.
Attrs rotary_of(const ModelConfig& m) {
  using Scaling = ModelConfig::RopeScaling;
  Attrs attrs{{"base", m.rope_base}};
  if (m.rope_scaling == Scaling::none || m.rope_scaling == Scaling::dynamic) return attrs;
  attrs.set("scaling", std::string(choice_name(m.rope_scaling)));
  attrs.set("factor", m.rope_factor);
  if (!slows_by_turns(m)) return attrs;
  attrs.set("low", m.rope_low);
  attrs.set("high", m.rope_high);
  attrs.set("original", original_context(m));
  if (m.rope_scaling == Scaling::yarn)
    attrs.set("magnitude", m.rope_magnitude.value_or(0.1 * std::log(m.rope_factor) + 1));
  return attrs;
}

}  // namespace

std::vector<std::string> transformer_keys(const std::vector<std::string>& more) {
  std::vector<std::string> keys;
  for (const char* key : {"layers",
                          "hidden",
                          "heads",
                          "kv_heads",
                          "head_dim",
                          "mlp_hidden",
                          "positions",
                          "rope_base",
                          "rope_scaling",
                          "rope_factor",
                          "rope_original_context",
                          "rope_low",
                          "rope_high",
                          "rope_magnitude",
                          "norm",
                          "norm_eps",
                          "activation",
                          "tied_head",
                          "bias",
                          "dropout",
                          "attention_dropout",
                          "init_std",
                          "window"})
    keys.push_back(std::string("model.") + key);
  keys.insert(keys.end(), {"mesh.head_multiple", "mesh.sequence_parallel"});
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

void check_transformer(const Checks& checks) {
  const ModelConfig& m = checks.config.model;
  checks.demand(
      m.head_dim || m.hidden % m.heads == 0, {"model.hidden", "model.heads"},
      "model.hidden = {} is not divisible by model.heads = {}; change one of them, or state "
      "model.head_dim",
      m.hidden, m.heads);
  checks.demand(m.heads % m.kv_head_count() == 0, {"model.kv_heads", "model.heads"},
                "model.heads = {} is not divisible by model.kv_heads = {}; each key/value head "
                "serves the same number of query heads",
                m.heads, m.kv_head_count());
  checks.demand(m.positions != ModelConfig::Positions::rotary || m.head_width() % 2 == 0,
                {"model.head_dim", "model.positions", "model.hidden", "model.heads"},
                "rotary positions turn pairs of values, so a head must have an even width; it is "
                "{}",
                m.head_width());
  checks.demand(m.window <= m.context, {"model.window", "model.context"},
                "model.window = {} is wider than model.context = {}; write 0 to attend to all",
                m.window, m.context);
  checks.without_effect(m.positions == ModelConfig::Positions::rotary, "model.rope_base",
                        m.rope_base, ModelConfig{}.rope_base, "model.positions", "learned");
  check_scaling(checks);
  check_heads(checks);
  checks.shared_over_tp(m.mlp_width(), "model.mlp_hidden", "columns of the MLP");
  if (m.vocab && !checks.config.mesh.pads_vocab)  // fewer rows may be too few for the tokenizer
    checks.shared_over_tp(*m.vocab, "model.vocab", "rows of the vocabulary", false);
}

Transformer transformer_of(const Config& config, int64_t vocab) {
  const ModelConfig& m = config.model;
  const int64_t tp = config.mesh.tp_size();
  require(m.vocab || vocab % tp == 0 || config.mesh.pads_vocab,
          "the tokenizer's vocabulary of {} (model.vocab: auto) cannot be shared by {} tensor "
          "parallel ranks evenly; pad it with --set model.vocab={}, or change mesh.tp",
          vocab, tp, (vocab + tp - 1) / tp * tp);
  Transformer t;
  t.layers = m.layers;
  t.hidden = m.hidden;
  t.heads = m.heads;
  t.kv_heads = m.kv_head_count();
  t.head_multiple = config.mesh.head_multiple_or_tp();
  t.head_dim = m.head_width();
  t.mlp_hidden = m.mlp_width();
  t.context = m.context;
  t.own_vocab = m.vocab.value_or(vocab);
  t.vocab = config.mesh.pads_vocab ? (t.own_vocab + tp - 1) / tp * tp : t.own_vocab;
  t.norm = m.norm;
  t.norm_eps = m.norm_eps;
  t.activation = m.activation;
  t.bias = m.bias == ModelConfig::Bias::all;
  t.qkv_bias = m.bias != ModelConfig::Bias::none;
  if (m.positions == ModelConfig::Positions::rotary) t.rotary = rotary_of(m);
  t.dropout = m.dropout;
  t.attention_dropout = m.attention_dropout;
  t.seed = static_cast<uint64_t>(config.train.seed);
  t.init_std = m.init_std;
  t.window = m.window;
  return t;
}

std::string padding_text(const Config& config) {
  const SelfAttention t = transformer_of(config, config.mesh.tp_size()).attention_piece();
  if (t.padded_heads() == t.heads) return "";
  return fmt::format(
      "{} heads are computed as {}, to share them out evenly; the added ones are zeros ({:.0f} % "
      "more work in attention)",
      t.heads, t.padded_heads(),
      100 * static_cast<double>(t.padded_heads() - t.heads) / static_cast<double>(t.heads));
}

}  // namespace tessera
