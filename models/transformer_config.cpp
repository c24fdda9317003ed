#include "models/transformer_config.h"

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

}  // namespace

std::vector<std::string> transformer_keys(const std::vector<std::string>& more) {
  std::vector<std::string> keys;
  for (const char* key : {"layers", "hidden", "heads", "kv_heads", "head_dim", "mlp_hidden",
                          "positions", "rope_base", "norm", "norm_eps", "activation", "tied_head",
                          "bias", "dropout", "attention_dropout", "init_std", "window"})
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
  check_heads(checks);
  checks.shared_over_tp(m.mlp_width(), "model.mlp_hidden", "columns of the MLP");
  if (m.vocab)  // fewer rows may be too few for the tokenizer
    checks.shared_over_tp(*m.vocab, "model.vocab", "rows of the vocabulary", false);
}

Transformer transformer_of(const Config& config, int64_t vocab) {
  const ModelConfig& m = config.model;
  const int64_t tp = config.mesh.tp_size();
  require(m.vocab || vocab % tp == 0,
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
  t.vocab = m.vocab.value_or(vocab);
  t.norm = m.norm;
  t.norm_eps = m.norm_eps;
  t.activation = m.activation;
  t.bias = m.bias;
  t.rotary = m.positions == ModelConfig::Positions::rotary;
  t.rope_base = m.rope_base;
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
