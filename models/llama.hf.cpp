// Llama as transformers writes it, and its relatives Mistral (a sliding window) and Qwen 2 (biases
// of queries, keys and values alone).
#include "models/outside_family.h"

namespace tessera {
namespace {

using Settings = std::vector<std::pair<std::string_view, std::string_view>>;

Settings settings(const Settings& more) {
  Settings all{{"model.type", "gpt"},
               {"model.positions", "rotary"},
               {"model.norm", "rms"},
               {"model.dropout", "0"}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

using Pair = std::pair<std::string_view, std::string_view>;

const std::vector<Pair> kScalings{{"default", "none"},
                                  {"linear", "linear"},
                                  {"dynamic", "dynamic"},
                                  {"llama3", "llama3"},
                                  {"yarn", "yarn"}};
constexpr Pair kScaled{"model.rope_scaling", "!none"}, kLlama3{"model.rope_scaling", "llama3"},
    kLinear{"model.rope_scaling", "linear"}, kYarn{"model.rope_scaling", "yarn"};

std::vector<OutsideKey> keys(const std::vector<OutsideKey>& more) {
  std::vector<OutsideKey> all{
      {{"num_hidden_layers"}, "model.layers", "32"},
      {{"hidden_size"}, "model.hidden", "4096"},
      {{"num_attention_heads"}, "model.heads", "32"},
      {{"head_dim"}, "model.head_dim", "null", {{"null", "auto"}}},
      {{"max_position_embeddings"}, "model.context"},
      {{"vocab_size"}, "model.vocab"},
      {{"rms_norm_eps"}, "model.norm_eps", "1e-6"},
      {{"hidden_act"},
       "model.activation",
       "silu",
       {{"silu", "silu_gated"}, {"swish", "silu_gated"}}},
      {{"rope_theta", "rope_parameters.rope_theta"}, "model.rope_base", "10000"},
      {{"rope_parameters.rope_type", "<rope_parameters.type", "<rope_scaling.rope_type",
        "<rope_scaling.type"},
       "model.rope_scaling",
       "default",
       kScalings},
      {{">rope_scaling.rope_type"}, "model.rope_scaling", "default", kScalings, 0, kScaled},
      {{"rope_scaling.factor", "rope_parameters.factor"}, "model.rope_factor", {}, {}, 0, kScaled},
      {{"rope_scaling.original_max_position_embeddings",
        "rope_parameters.original_max_position_embeddings"},
       "model.rope_original_context",
       "null",
       {{"null", "auto"}},
       0,
       kLlama3},
      {{"rope_scaling.original_max_position_embeddings",
        "rope_parameters.original_max_position_embeddings"},
       "model.rope_original_context",
       "null",
       {{"null", "auto"}},
       0,
       kYarn},
      {{"rope_scaling.low_freq_factor", "rope_parameters.low_freq_factor"},
       "model.rope_low",
       {},
       {},
       0,
       kLlama3},
      {{"rope_scaling.high_freq_factor", "rope_parameters.high_freq_factor"},
       "model.rope_high",
       {},
       {},
       0,
       kLlama3},
      {{"rope_scaling.beta_slow", "rope_parameters.beta_slow"},
       "model.rope_low",
       "1",
       {},
       0,
       kYarn},
      {{"rope_scaling.beta_fast", "rope_parameters.beta_fast"},
       "model.rope_high",
       "32",
       {},
       0,
       kYarn},
      {{"rope_scaling.attention_factor", "rope_parameters.attention_factor"},
       "model.rope_magnitude",
       "null",
       {{"null", "auto"}},
       0,
       kYarn},
      {{"<rope_scaling.mscale", "<rope_parameters.mscale"}, "", "null"},
      {{"<rope_scaling.truncate", "<rope_parameters.truncate"}, "", "true"},
      {{"<partial_rotary_factor", "<rope_parameters.partial_rotary_factor"}, "", "1"},
      {{"attention_dropout"}, "model.attention_dropout", "0"},
      {{"initializer_range"}, "model.init_std", "0.02"}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const OutsideKey kTied{{"tie_word_embeddings"}, "model.tied_head", "false"};
const OutsideKey kMlp{{"intermediate_size"}, "model.mlp_hidden"};
const OutsideKey kKvHeads{{"num_key_value_heads"}, "model.kv_heads", "null", {{"null", "auto"}}};

const std::vector<OutsideTensor> kTensors{
    {"tokens", "model.embed_tokens.weight", "v w = v w"},
    {"final_norm.gain", "model.norm.weight", "w = w"},
    {"head.weight", "lm_head.weight", "v w = v w"},
    {"layer.{}.attention.norm.gain", "model.layers.{}.input_layernorm.weight", "w = w"},
    {"layer.{}.attention.q.weight", "model.layers.{}.self_attn.q_proj.weight", "h d w = (h d) w"},
    {"layer.{}.attention.k.weight", "model.layers.{}.self_attn.k_proj.weight", "g d w = (g d) w"},
    {"layer.{}.attention.v.weight", "model.layers.{}.self_attn.v_proj.weight", "g d w = (g d) w"},
    {"layer.{}.attention.q.bias", "model.layers.{}.self_attn.q_proj.bias", "h d = (h d)"},
    {"layer.{}.attention.k.bias", "model.layers.{}.self_attn.k_proj.bias", "g d = (g d)"},
    {"layer.{}.attention.v.bias", "model.layers.{}.self_attn.v_proj.bias", "g d = (g d)"},
    {"layer.{}.attention.out.weight", "model.layers.{}.self_attn.o_proj.weight", "w h d = w (h d)"},
    {"layer.{}.attention.out.bias", "model.layers.{}.self_attn.o_proj.bias", "w = w"},
    {"layer.{}.mlp.norm.gain", "model.layers.{}.post_attention_layernorm.weight", "w = w"},
    {"layer.{}.mlp.gate.weight", "model.layers.{}.mlp.gate_proj.weight", "f w = f w"},
    {"layer.{}.mlp.gate.bias", "model.layers.{}.mlp.gate_proj.bias", "f = f"},
    {"layer.{}.mlp.up.weight", "model.layers.{}.mlp.up_proj.weight", "f w = f w"},
    {"layer.{}.mlp.up.bias", "model.layers.{}.mlp.up_proj.bias", "f = f"},
    {"layer.{}.mlp.down.weight", "model.layers.{}.mlp.down_proj.weight", "w f = w f"},
    {"layer.{}.mlp.down.bias", "model.layers.{}.mlp.down_proj.bias", "w = w"}};

const std::vector<std::pair<std::string_view, std::string_view>> kCopies{
    {"lm_head.weight", "model.embed_tokens.weight"}};
const std::vector<std::string_view> kBuffers{"model.layers.{}.self_attn.rotary_emb.inv_freq",
                                             "model.rotary_emb.inv_freq"};

constexpr std::string_view kRopeFactors = "rope_freqs.weight";

/// Keys of the metadata, which begin with the architecture. llama.cpp takes the usual turns and
/// magnitude of yarn for these architectures, whatever a file says.
#define TESSERA_GGUF_KEYS(arch)                                                               \
  {{arch ".block_count"}, "model.layers"}, {{arch ".embedding_length"}, "model.hidden"},      \
      {{arch ".attention.head_count"}, "model.heads"},                                        \
      {{arch ".attention.head_count_kv"}, "model.kv_heads", "null", {{"null", "auto"}}},      \
      {{arch ".attention.key_length", arch ".attention.value_length",                         \
        arch ".rope.dimension_count"},                                                        \
       "model.head_dim",                                                                      \
       "null",                                                                                \
       {{"null", "auto"}}},                                                                   \
      {{arch ".feed_forward_length"}, "model.mlp_hidden"},                                    \
      {{arch ".context_length"}, "model.context"}, {{arch ".vocab_size"}, "model.vocab"},     \
      {{arch ".attention.layer_norm_rms_epsilon"}, "model.norm_eps"},                         \
      {{arch ".rope.freq_base"}, "model.rope_base", "10000"},                                 \
      {{arch ".rope.scaling.type"},                                                           \
       "model.rope_scaling",                                                                  \
       "none",                                                                                \
       {{"none", "none"}, {"none", "llama3"}, {"linear", "linear"}, {"yarn", "yarn"}}},       \
      {{arch ".rope.scaling.factor"}, "model.rope_factor", {}, {}, 0, kLinear},               \
      {{arch ".rope.scaling.factor"}, "model.rope_factor", {}, {}, 0, kYarn},                 \
      {{arch ".rope.scaling.original_context_length"},                                        \
       "model.rope_original_context",                                                         \
       "null",                                                                                \
       {{"null", "auto"}},                                                                    \
       0,                                                                                     \
       kYarn},                                                                                \
      {{}, "model.rope_low", "1", {}, 0, kYarn}, {{}, "model.rope_high", "32", {}, 0, kYarn}, \
      {{}, "model.rope_magnitude", "auto", {}, 0, kYarn},                                     \
      {{"<" arch ".rope.scaling.attn_factor"}, "", "1"}, {                                    \
    {"<" arch ".expert_count"}, "", "0"                                                       \
  }

/// The tensors of both; those of queries and keys come first.
std::vector<OutsideTensor> gguf_tensors(std::vector<OutsideTensor> all) {
  all.insert(all.end(),
             {{"tokens", "token_embd.weight", "v w = v w"},
              {"final_norm.gain", "output_norm.weight", "w = w"},
              {"head.weight", "output.weight", "v w = v w"},
              {"layer.{}.attention.norm.gain", "blk.{}.attn_norm.weight", "w = w"},
              {"layer.{}.attention.v.weight", "blk.{}.attn_v.weight", "g d w = (g d) w"},
              {"layer.{}.attention.v.bias", "blk.{}.attn_v.bias", "g d = (g d)"},
              {"layer.{}.attention.out.weight", "blk.{}.attn_output.weight", "w h d = w (h d)"},
              {"layer.{}.mlp.norm.gain", "blk.{}.ffn_norm.weight", "w = w"},
              {"layer.{}.mlp.gate.weight", "blk.{}.ffn_gate.weight", "f w = f w"},
              {"layer.{}.mlp.up.weight", "blk.{}.ffn_up.weight", "f w = f w"},
              {"layer.{}.mlp.down.weight", "blk.{}.ffn_down.weight", "w f = w f"}});
  return all;
}

}  // namespace

const OutsideFamily kLlamaFamily{
    .model_type = "llama",
    .classes = {{"LlamaForCausalLM"}, {"LlamaModel", true}},
    .base = "model.",
    .sign = "model.layers.0.mlp.gate_proj.weight",
    .sets = settings({{"model.window", "0"}}),
    .keys =
        keys({kMlp,
              kKvHeads,
              kTied,
              {{"attention_bias"}, "model.bias", "false", {{"false", "false"}, {"true", "true"}}},
              {{"mlp_bias"}, "model.bias", "false", {{"false", "false"}, {"true", "true"}}}}),
    .tensors = kTensors,
    .copies = kCopies,
    .buffers = kBuffers};

const OutsideFamily kMistralFamily{
    .model_type = "mistral",
    .classes = {{"MistralForCausalLM"}, {"MistralModel", true}},
    .base = "model.",
    .sign = "-",
    .sets = settings({{"model.bias", "false"}}),
    .keys = keys(
        {kMlp, kKvHeads, kTied, {{"sliding_window"}, "model.window", "4096", {{"null", "0"}}}}),
    .tensors = kTensors,
    .copies = kCopies,
    .buffers = kBuffers};

const OutsideFamily kQwen2Family{
    .model_type = "qwen2",
    .classes = {{"Qwen2ForCausalLM"}, {"Qwen2Model", true}},
    .base = "model.",
    .sign = "-",
    .sets = settings({{"model.bias", "qkv"}, {"model.window", "0"}}),
    .keys = keys({kMlp, kKvHeads, kTied, {{"use_sliding_window"}, "", "false"}}),
    .tensors = kTensors,
    .copies = kCopies,
    .buffers = kBuffers,
    .cuts = "qwen2"};

// The heads of queries and keys have their rows in pairs in llama, (2i, 2i + 1), where transformers
// and qwen2 have (i, i + d/2).
const OutsideFamily kGgufLlamaFamily{
    .model_type = "llama",
    .gguf = true,
    .classes = {{"llama"}},
    .base = "",
    .sign = "-",
    .sets = settings(
        {{"model.window", "0"}, {"model.bias", "false"}, {"model.activation", "silu_gated"}}),
    .keys = {TESSERA_GGUF_KEYS("llama")},
    .tensors = gguf_tensors(
        {{"layer.{}.attention.q.weight", "blk.{}.attn_q.weight", "h (2 k) w = (h k 2) w"},
         {"layer.{}.attention.k.weight", "blk.{}.attn_k.weight", "g (2 k) w = (g k 2) w"}}),
    .buffers = {kRopeFactors},
    .presence = {{"model.tied_head", "output.weight", "false", "true"}},
    .rope_factors = kRopeFactors};

const OutsideFamily kGgufQwen2Family{
    .model_type = "qwen2",
    .gguf = true,
    .classes = {{"qwen2"}},
    .base = "",
    .sign = "-",
    .sets = settings(
        {{"model.window", "0"}, {"model.bias", "qkv"}, {"model.activation", "silu_gated"}}),
    .keys = {TESSERA_GGUF_KEYS("qwen2")},
    .tensors =
        gguf_tensors({{"layer.{}.attention.q.weight", "blk.{}.attn_q.weight", "h d w = (h d) w"},
                      {"layer.{}.attention.k.weight", "blk.{}.attn_k.weight", "g d w = (g d) w"},
                      {"layer.{}.attention.q.bias", "blk.{}.attn_q.bias", "h d = (h d)"},
                      {"layer.{}.attention.k.bias", "blk.{}.attn_k.bias", "g d = (g d)"}}),
    .buffers = {kRopeFactors},
    .presence = {{"model.tied_head", "output.weight", "false", "true"}},
    .rope_factors = kRopeFactors};
#undef TESSERA_GGUF_KEYS

}  // namespace tessera
