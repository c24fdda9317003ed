#include "framework/assembly/model.h"

namespace tessera {

Transformer transformer_of(const Config& config, int64_t vocab) {
  const ModelConfig& m = config.model;
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
  t.norm = m.norm == ModelConfig::Norm::layer ? Transformer::Norm::layer : Transformer::Norm::rms;
  t.norm_eps = m.norm_eps;
  switch (m.activation) {
    case ModelConfig::Activation::gelu_tanh:
      t.activation = Transformer::Activation::gelu_tanh;
      break;
    case ModelConfig::Activation::gelu_erf:
      t.activation = Transformer::Activation::gelu_erf;
      break;
    case ModelConfig::Activation::relu:
      t.activation = Transformer::Activation::relu;
      break;
    case ModelConfig::Activation::silu_gated:
      t.activation = Transformer::Activation::silu_gated;
      break;
  }
  t.norm_first = t.causal = m.type == ModelConfig::Type::gpt;
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
  const Transformer t = transformer_of(config, 1);
  if (t.padded_heads() == t.heads) return "";
  return fmt::format(
      "{} heads are computed as {}, to share them out evenly; the added ones are zeros ({:.0f} % "
      "more work in attention)",
      t.heads, t.padded_heads(),
      100 * static_cast<double>(t.padded_heads() - t.heads) / static_cast<double>(t.heads));
}

Gpt gpt_of(const Config& config, int64_t vocab) {
  return {transformer_of(config, vocab), config.model.tied_head,
          config.data.documents == DataConfig::Documents::packed};
}

Bert bert_of(const Config& config, int64_t vocab) {
  return {transformer_of(config, vocab), config.model.segment_count(), config.model.next_sentence};
}

FitSettings fit_settings(const Config& config) {
  FitSettings out;
  switch (config.recompute.policy) {
    case RecomputeConfig::Policy::none:
      out.recompute = "none";
      break;
    case RecomputeConfig::Policy::selective:
      out.recompute = "selective";
      break;
    case RecomputeConfig::Policy::full:
      out.recompute = "full";
      break;
  }
  out.micro_sequences = config.micro_sequences();
  out.accumulate = config.batch.accumulate;
  out.bf16 = config.precision.compute == DType::bf16;
  return out;
}

std::vector<Parameter> build_model(Graph& graph, const Config& config, int64_t vocab,
                                   int64_t masked, bool training, bool part) {
  const int64_t batch = config.micro_sequences(), length = config.sequence_length();
  if (config.model.type == ModelConfig::Type::gpt)
    return build_gpt(graph, gpt_of(config, vocab), batch, length, training, part);
  return build_bert(graph, bert_of(config, vocab), batch, length, masked, training, part);
}

}  // namespace tessera
