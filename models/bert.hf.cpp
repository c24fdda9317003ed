// BERT as transformers writes it, and its relatives RoBERTa (positions from 2 on, no segments to
// speak of) and DistilBERT (no segments; ReLU in the pooler of its classifiers, its only one).
#include "models/outside_family.h"

namespace tessera {
namespace {

using Settings = std::vector<std::pair<std::string_view, std::string_view>>;

Settings settings(const Settings& more) {
  Settings all{{"model.type", "bert"}, {"model.positions", "learned"}, {"model.norm", "layer"},
               {"model.bias", "true"}, {"model.window", "0"},          {"model.tied_head", "true"}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const std::vector<std::pair<std::string_view, std::string_view>> kActivations{
    {"gelu", "gelu_erf"},
    {"gelu_new", "gelu_tanh"},
    {"gelu_pytorch_tanh", "gelu_tanh"},
    {"gelu_fast", "gelu_tanh"},
    {"relu", "relu"}};

std::vector<OutsideKey> bert_keys(const std::vector<OutsideKey>& more) {
  std::vector<OutsideKey> all{{{"num_hidden_layers"}, "model.layers", "12"},
                              {{"hidden_size"}, "model.hidden", "768"},
                              {{"num_attention_heads"}, "model.heads", "12"},
                              {{"intermediate_size"}, "model.mlp_hidden", "3072"},
                              {{"vocab_size"}, "model.vocab"},
                              {{"type_vocab_size"}, "model.segments", "2"},
                              {{"layer_norm_eps"}, "model.norm_eps", "1e-12"},
                              {{"hidden_dropout_prob"}, "model.dropout", "0.1"},
                              {{"attention_probs_dropout_prob"}, "model.attention_dropout", "0.1"},
                              {{"initializer_range"}, "model.init_std", "0.02"},
                              {{"<position_embedding_type"}, "", "absolute"},
                              {{"<is_decoder"}, "", "false"},
                              {{"<tie_word_embeddings"}, "", "true"},
                              {{"<add_cross_attention"}, "", "false"}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// The stack of BERT and RoBERTa, below `base`, and then the rows of the heads.
std::vector<OutsideTensor> bert_tensors(bool roberta, const std::vector<OutsideTensor>& more) {
#define TESSERA_BOTH(name) (roberta ? "roberta." name : "bert." name)
  std::vector<OutsideTensor> all{
      {"tokens", TESSERA_BOTH("embeddings.word_embeddings.weight"), "v w = v w"},
      {"positions", TESSERA_BOTH("embeddings.position_embeddings.weight"), "p w = p w"},
      {"segments", TESSERA_BOTH("embeddings.token_type_embeddings.weight"), "s w = s w"},
      {"embedding_norm.gain", TESSERA_BOTH("embeddings.LayerNorm.weight"), "w = w"},
      {"embedding_norm.bias", TESSERA_BOTH("embeddings.LayerNorm.bias"), "w = w"},
      {"layer.{}.attention.q.weight", TESSERA_BOTH("encoder.layer.{}.attention.self.query.weight"),
       "h d w = (h d) w"},
      {"layer.{}.attention.k.weight", TESSERA_BOTH("encoder.layer.{}.attention.self.key.weight"),
       "h d w = (h d) w"},
      {"layer.{}.attention.v.weight", TESSERA_BOTH("encoder.layer.{}.attention.self.value.weight"),
       "h d w = (h d) w"},
      {"layer.{}.attention.q.bias", TESSERA_BOTH("encoder.layer.{}.attention.self.query.bias"),
       "h d = (h d)"},
      {"layer.{}.attention.k.bias", TESSERA_BOTH("encoder.layer.{}.attention.self.key.bias"),
       "h d = (h d)"},
      {"layer.{}.attention.v.bias", TESSERA_BOTH("encoder.layer.{}.attention.self.value.bias"),
       "h d = (h d)"},
      {"layer.{}.attention.out.weight",
       TESSERA_BOTH("encoder.layer.{}.attention.output.dense.weight"), "w h d = w (h d)"},
      {"layer.{}.attention.out.bias", TESSERA_BOTH("encoder.layer.{}.attention.output.dense.bias"),
       "w = w"},
      {"layer.{}.attention.norm.gain",
       TESSERA_BOTH("encoder.layer.{}.attention.output.LayerNorm.weight"), "w = w"},
      {"layer.{}.attention.norm.bias",
       TESSERA_BOTH("encoder.layer.{}.attention.output.LayerNorm.bias"), "w = w"},
      {"layer.{}.mlp.up.weight", TESSERA_BOTH("encoder.layer.{}.intermediate.dense.weight"),
       "f w = f w"},
      {"layer.{}.mlp.up.bias", TESSERA_BOTH("encoder.layer.{}.intermediate.dense.bias"), "f = f"},
      {"layer.{}.mlp.down.weight", TESSERA_BOTH("encoder.layer.{}.output.dense.weight"),
       "w f = w f"},
      {"layer.{}.mlp.down.bias", TESSERA_BOTH("encoder.layer.{}.output.dense.bias"), "w = w"},
      {"layer.{}.mlp.norm.gain", TESSERA_BOTH("encoder.layer.{}.output.LayerNorm.weight"), "w = w"},
      {"layer.{}.mlp.norm.bias", TESSERA_BOTH("encoder.layer.{}.output.LayerNorm.bias"), "w = w"},
      {"pooler.weight", TESSERA_BOTH("pooler.dense.weight"), "u w = u w"},
      {"pooler.bias", TESSERA_BOTH("pooler.dense.bias"), "w = w"}};
#undef TESSERA_BOTH
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// The settings of a class that classifies by the first token, with this behind its dense layer.
Settings classifies(std::string_view activation) {
  return {{"task.type", "classify"},
          {"task.pooling", "cls|auto"},
          {"model.pooler_activation", activation}};
}

const std::vector<OutsideTensor> kClassifier{
    {"classifier.weight", "classifier.weight", "l w = l w"},
    {"classifier.bias", "classifier.bias", "l = l"}};

}  // namespace

const OutsideFamily kBertFamily{
    .model_type = "bert",
    .classes = {{"BertForPreTraining",
                 false,
                 {{"model.masked_head", "true"},
                  {"model.next_sentence", "true"},
                  {"model.pooler_activation", "tanh"}}},
                {"BertForMaskedLM",
                 false,
                 {{"model.masked_head", "true"}, {"model.next_sentence", "false"}}},
                {"BertModel",
                 true,
                 {{"model.masked_head", "false"},
                  {"model.pooler", "true"},
                  {"model.pooler_activation", "tanh"}}},
                {"BertForSequenceClassification", false, classifies("tanh"), kClassifier},
                {"BertForTokenClassification", false, {{"task.type", "none"}}}},
    .base = "bert.",
    .sign = "bert.embeddings.token_type_embeddings.weight",
    .sets = settings({{"model.first_position", "0"}}),
    .keys = bert_keys({{{"max_position_embeddings"}, "model.context", "512"},
                       {{"hidden_act"}, "model.activation", "gelu", kActivations}}),
    .tensors = bert_tensors(
        false, {{"mlm.transform.weight", "cls.predictions.transform.dense.weight", "u w = u w"},
                {"mlm.transform.bias", "cls.predictions.transform.dense.bias", "w = w"},
                {"mlm.norm.gain", "cls.predictions.transform.LayerNorm.weight", "w = w"},
                {"mlm.norm.bias", "cls.predictions.transform.LayerNorm.bias", "w = w"},
                {"mlm.bias", "cls.predictions.bias", "v = v"},
                {"next_sentence.weight", "cls.seq_relationship.weight", "2 w = 2 w"},
                {"next_sentence.bias", "cls.seq_relationship.bias", "2 = 2"}}),
    .copies = {{"cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"},
               {"cls.predictions.decoder.bias", "cls.predictions.bias"}},
    .buffers = {"bert.embeddings.position_ids", "bert.embeddings.token_type_ids"},
    .spare = {"bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight",
              "classifier.bias", "qa_outputs.weight", "qa_outputs.bias"},
    .presence = {
        {"model.masked_head", "cls.predictions.bias", "true", "false"},
        {"model.next_sentence", "cls.seq_relationship.weight", "true", "false"},
        {"data.sentence_pairs", "cls.seq_relationship.weight", "true", "false"},
        {"model.pooler", "bert.pooler.dense.weight", "true", "false", "cls.predictions.bias"}}};

const OutsideFamily kRobertaFamily{
    .model_type = "roberta",
    .classes = {{"RobertaForMaskedLM", false, {{"model.masked_head", "true"}}},
                {"RobertaModel",
                 true,
                 {{"model.masked_head", "false"},
                  {"model.pooler", "true"},
                  {"model.pooler_activation", "tanh"}}},
                {"RobertaForSequenceClassification",
                 false,
                 classifies("tanh"),
                 {{"pooler.weight", "classifier.dense.weight", "u w = u w"},
                  {"pooler.bias", "classifier.dense.bias", "w = w"},
                  {"classifier.weight", "classifier.out_proj.weight", "l w = l w"},
                  {"classifier.bias", "classifier.out_proj.bias", "l = l"}}},
                {"RobertaForTokenClassification", false, {{"task.type", "none"}}}},
    .base = "roberta.",
    .sign = "roberta.embeddings.token_type_embeddings.weight",
    .sets = settings({{"model.first_position", "2"},
                      {"model.next_sentence", "false"},
                      {"model.activation", "gelu_erf"}}),
    .keys = bert_keys({{{"max_position_embeddings"}, "model.context", "514", {}, 2},
                       {{"pad_token_id"}, "", "1"},
                       {{"hidden_act"}, "", "gelu"}}),
    .tensors = bert_tensors(true, {{"mlm.transform.weight", "lm_head.dense.weight", "u w = u w"},
                                   {"mlm.transform.bias", "lm_head.dense.bias", "w = w"},
                                   {"mlm.norm.gain", "lm_head.layer_norm.weight", "w = w"},
                                   {"mlm.norm.bias", "lm_head.layer_norm.bias", "w = w"},
                                   {"mlm.bias", "lm_head.bias", "v = v"}}),
    .copies = {{"lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight"},
               {"lm_head.decoder.bias", "lm_head.bias"}},
    .buffers = {"roberta.embeddings.position_ids", "roberta.embeddings.token_type_ids"},
    .spare = {"roberta.pooler.dense.weight", "roberta.pooler.dense.bias", "classifier.dense.weight",
              "classifier.dense.bias", "classifier.out_proj.weight", "classifier.out_proj.bias",
              "classifier.weight", "classifier.bias"},
    .presence = {{"model.masked_head", "lm_head.bias", "true", "false"},
                 {"model.pooler", "roberta.pooler.dense.weight", "true", "false", "lm_head.bias"}}};

const OutsideFamily kDistilBertFamily{
    .model_type = "distilbert",
    .classes = {{"DistilBertForMaskedLM", false, {{"model.masked_head", "true"}}},
                {"DistilBertModel", true, {{"model.masked_head", "false"}}},
                {"DistilBertForSequenceClassification",
                 false,
                 classifies("relu"),
                 {{"pooler.weight", "pre_classifier.weight", "u w = u w"},
                  {"pooler.bias", "pre_classifier.bias", "w = w"},
                  {"classifier.weight", "classifier.weight", "l w = l w"},
                  {"classifier.bias", "classifier.bias", "l = l"}}},
                {"DistilBertForTokenClassification", false, {{"task.type", "none"}}}},
    .base = "distilbert.",
    .sign = "distilbert.transformer.layer.0.ffn.lin1.weight",
    .sets = settings({{"model.first_position", "0"},
                      {"model.next_sentence", "false"},
                      {"model.pooler", "false"},
                      {"model.segments", "0"},
                      {"model.norm_eps", "1e-12"}}),
    .keys = {{{"n_layers", "<num_hidden_layers"}, "model.layers", "6"},
             {{"dim", "<hidden_size"}, "model.hidden", "768"},
             {{"n_heads", "<num_attention_heads"}, "model.heads", "12"},
             {{"hidden_dim"}, "model.mlp_hidden", "3072"},
             {{"vocab_size"}, "model.vocab", "30522"},
             {{"max_position_embeddings"}, "model.context", "512"},
             {{"activation"}, "model.activation", "gelu", kActivations},
             {{"dropout"}, "model.dropout", "0.1"},
             {{"attention_dropout"}, "model.attention_dropout", "0.1"},
             {{"initializer_range"}, "model.init_std", "0.02"},
             {{"<tie_word_embeddings"}, "", "true"}},
    .tensors = {{"tokens", "distilbert.embeddings.word_embeddings.weight", "v w = v w"},
                {"positions", "distilbert.embeddings.position_embeddings.weight", "p w = p w"},
                {"embedding_norm.gain", "distilbert.embeddings.LayerNorm.weight", "w = w"},
                {"embedding_norm.bias", "distilbert.embeddings.LayerNorm.bias", "w = w"},
                {"layer.{}.attention.q.weight",
                 "distilbert.transformer.layer.{}.attention.q_lin.weight", "h d w = (h d) w"},
                {"layer.{}.attention.k.weight",
                 "distilbert.transformer.layer.{}.attention.k_lin.weight", "h d w = (h d) w"},
                {"layer.{}.attention.v.weight",
                 "distilbert.transformer.layer.{}.attention.v_lin.weight", "h d w = (h d) w"},
                {"layer.{}.attention.q.bias",
                 "distilbert.transformer.layer.{}.attention.q_lin.bias", "h d = (h d)"},
                {"layer.{}.attention.k.bias",
                 "distilbert.transformer.layer.{}.attention.k_lin.bias", "h d = (h d)"},
                {"layer.{}.attention.v.bias",
                 "distilbert.transformer.layer.{}.attention.v_lin.bias", "h d = (h d)"},
                {"layer.{}.attention.out.weight",
                 "distilbert.transformer.layer.{}.attention.out_lin.weight", "w h d = w (h d)"},
                {"layer.{}.attention.out.bias",
                 "distilbert.transformer.layer.{}.attention.out_lin.bias", "w = w"},
                {"layer.{}.attention.norm.gain",
                 "distilbert.transformer.layer.{}.sa_layer_norm.weight", "w = w"},
                {"layer.{}.attention.norm.bias",
                 "distilbert.transformer.layer.{}.sa_layer_norm.bias", "w = w"},
                {"layer.{}.mlp.up.weight", "distilbert.transformer.layer.{}.ffn.lin1.weight",
                 "f w = f w"},
                {"layer.{}.mlp.up.bias", "distilbert.transformer.layer.{}.ffn.lin1.bias", "f = f"},
                {"layer.{}.mlp.down.weight", "distilbert.transformer.layer.{}.ffn.lin2.weight",
                 "w f = w f"},
                {"layer.{}.mlp.down.bias", "distilbert.transformer.layer.{}.ffn.lin2.bias",
                 "w = w"},
                {"layer.{}.mlp.norm.gain",
                 "distilbert.transformer.layer.{}.output_layer_norm.weight", "w = w"},
                {"layer.{}.mlp.norm.bias", "distilbert.transformer.layer.{}.output_layer_norm.bias",
                 "w = w"},
                {"mlm.transform.weight", "vocab_transform.weight", "u w = u w"},
                {"mlm.transform.bias", "vocab_transform.bias", "w = w"},
                {"mlm.norm.gain", "vocab_layer_norm.weight", "w = w"},
                {"mlm.norm.bias", "vocab_layer_norm.bias", "w = w"},
                {"mlm.bias", "vocab_projector.bias", "v = v"}},
    .copies = {{"vocab_projector.weight", "distilbert.embeddings.word_embeddings.weight"}},
    .buffers = {"distilbert.embeddings.position_ids"},
    .spare = {"pre_classifier.weight", "pre_classifier.bias", "classifier.weight",
              "classifier.bias"},
    .presence = {{"model.masked_head", "vocab_projector.bias", "true", "false"},
                 // Every model of this family, whether it has that layer or not.
                 {"model.pooler_activation", "distilbert.embeddings.word_embeddings.weight", "relu",
                  "relu"}}};

}  // namespace tessera
