#include <gtest/gtest.h>

#include "models/model.h"
#include "tests/config/expect_error.h"

namespace tessera {
namespace {

struct Clash {
  const char* name;
  std::string text;
  std::string error;  // a part of the message, its place included
};

class Clashes : public ::testing::TestWithParam<Clash> {};

TEST_P(Clashes, AreRefusedAtTheKeyToChange) {
  const std::string error = error_of(GetParam().text);
  EXPECT_NE(error.find(GetParam().error), std::string::npos) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << "one cause, one problem: " << error;
}

std::string model(const std::string& keys, const std::string& more = "") {
  return "model: {" + keys + "}\n" + more;
}

INSTANTIATE_TEST_SUITE_P(
    All, Clashes,
    ::testing::Values(
        Clash{"hidden_by_heads", model("type: gpt, layers: 2, hidden: 66, heads: 4"),
              "run.yaml:1:39: model.hidden = 66 is not divisible"},
        Clash{"heads_by_kv_heads", model("type: gpt, layers: 2, hidden: 64, heads: 4, kv_heads: 3"),
              "run.yaml:1:63: model.heads = 4 is not divisible by model.kv_heads = 3"},
        Clash{"odd_rotary", model("type: gpt, layers: 2, hidden: 15, heads: 5, positions: rotary"),
              "run.yaml:1:64: rotary positions turn pairs of values, so a head must have an even "
              "width; it is 3"},
        Clash{"wide_window", model("type: gpt, layers: 2, hidden: 64, heads: 4, window: 2000"),
              "model.window = 2000 is wider than model.context = 1024"},
        Clash{"rope_base_without_rotary",
              model("type: gpt, layers: 2, hidden: 64, heads: 4, rope_base: 500000"),
              "model.rope_base = 500000 has no effect with model.positions: learned; remove it"},
        Clash{"length", gpt("batch: {length: 2048}\n"),
              "run.yaml:2:17: batch.length = 2048 exceeds model.context = 1024"},
        Clash{"gpt_segments", model("type: gpt, layers: 2, hidden: 64, heads: 4, segments: 2"),
              "model.segments = 2 has no effect with model.type: gpt"},
        Clash{"gpt_next_sentence",
              model("type: gpt, layers: 2, hidden: 64, heads: 4, next_sentence: true"),
              "model.next_sentence = true has no effect with model.type: gpt"},
        Clash{"gpt_mask_rate", gpt("data: {mask_rate: 20%}\n"),
              "data.mask_rate = 0.2 has no effect with model.type: gpt"},
        Clash{"gpt_pairs", gpt("data: {sentence_pairs: true}\n"),
              "data.sentence_pairs = true has no effect with model.type: gpt"},
        Clash{"bert_rotary",
              model("type: bert, layers: 2, hidden: 64, heads: 4, positions: rotary"),
              "bert has learned positions only"},
        Clash{"bert_own_head",
              model("type: bert, layers: 2, hidden: 64, heads: 4, tied_head: false"),
              "write model.tied_head: true"},
        Clash{"bert_stream",
              model("type: bert, layers: 2, hidden: 64, heads: 4", "data: {documents: stream}\n"),
              "data.documents = stream has no effect with model.type: bert"},
        Clash{"bert_window", model("type: bert, layers: 2, hidden: 64, heads: 4, window: 8"),
              "bert attends to the whole sequence"},
        Clash{"next_sentence_alone",
              model("type: bert, layers: 2, hidden: 64, heads: 4, next_sentence: true"),
              "write data.sentence_pairs: true"},
        Clash{"pairs_without_segments",
              model("type: bert, layers: 2, hidden: 64, heads: 4, segments: 1",
                    "data: {sentence_pairs: true}\n"),
              "run.yaml:2:24: data.sentence_pairs needs two segments"},
        Clash{"pairs_too_short", bert("data: {sentence_pairs: true}\nbatch: {length: 4}\n"),
              "batch.length of at least 8; it is 4"},
        Clash{"isa_of_a_card", gpt("device: {type: cuda, isa: avx2}\n"),
              "run.yaml:2:16: device.isa = avx2 caps the instruction set of device.type: cpu, and "
              "device.type is cuda; leave device.isa out"},
        Clash{"accumulate", gpt("batch: {sequences: 8, accumulate: 3}\n"),
              "run.yaml:2:20: batch.sequences = 8 is not divisible by batch.accumulate = 3"},
        Clash{
            "fewer_heads_than_ranks", gpt("mesh: {tp: 8}\n"),
            "heads are fewer than 8 tensor parallel ranks, some of which would hold padding alone; "
            "change model.heads or mesh.tp"},
        Clash{
            "columns_by_ranks",
            model("type: gpt, layers: 2, hidden: 64, heads: 4, mlp_hidden: 202", "mesh: {tp: 4}\n"),
            "202 columns of the MLP cannot be shared by 4 tensor parallel ranks evenly; make "
            "model.mlp_hidden 200 or 204, or change mesh.tp"},
        Clash{"vocabulary_by_ranks",
              model("type: gpt, layers: 2, hidden: 64, heads: 4, vocab: 257", "mesh: {tp: 4}\n"),
              "make model.vocab 260, or change mesh.tp"},
        Clash{"batch_by_ranks", gpt("mesh: {dp: 3}\nbatch: {sequences: 10, accumulate: 2}\n"),
              "make it a multiple of 3, such as batch.sequences = 6 or 12"},
        Clash{"head_multiple", gpt("mesh: {tp: 2, head_multiple: 3}\n"),
              "run.yaml:2:30: mesh.head_multiple = 3 is no multiple of mesh.tp = 2"},
        Clash{"padded_attention_dropout",
              model("type: gpt, layers: 2, hidden: 66, heads: 3, attention_dropout: 0.1",
                    "mesh: {tp: 2}\n"),
              "3 heads are padded to a multiple of 2, and with model.attention_dropout padding is "
              "not supported"},
        Clash{"sgd_beta", gpt("optimizer: {type: sgd, beta1: 0.5}\n"),
              "optimizer.beta1 = 0.5 has no effect with optimizer.type: sgd"},
        Clash{"adamw_momentum", gpt("optimizer: {momentum: 0.9}\n"),
              "optimizer.momentum = 0.9 has no effect with optimizer.type: adamw"},
        Clash{"decay_of_nothing",
              gpt("optimizer: {weight_decay: 0, decay_norms_and_biases: true}\n"),
              "run.yaml:2:54: optimizer.decay_norms_and_biases = true has no effect with "
              "optimizer.weight_decay: 0; remove it (the default is false)"},
        Clash{
            "shard_on_one_rank", gpt("mesh: {dp: 1}\ndata_parallel: {shard: parameters}\n"),
            "run.yaml:3:24: data_parallel.shard = parameters has no effect with mesh.dp: 1; remove "
            "it (the default is none)"},
        Clash{"wire_on_one_rank", gpt("mesh: {dp: 1, tp: 2}\ndata_parallel: {wire: bf16}\n"),
              "data_parallel.wire = bf16 has no effect with mesh.dp: 1"},
        Clash{"long_warmup", gpt("schedule: {warmup: 600 steps}\ntrain: {steps: 1M tokens}\n"),
              "run.yaml:2:20: schedule.warmup = 600 steps is longer than train.steps = 1M tokens "
              "(123 steps)"},
        Clash{"wsd_without_decay", gpt("schedule: {type: wsd}\n"),
              "run.yaml:2:18: schedule.type: wsd needs schedule.decay, the length of the "
              "fall; write it such as '200 steps'"},
        Clash{"wsd_too_long", gpt("schedule: {type: wsd, warmup: 600 steps, decay: 600 steps}\n"),
              "together are longer than train.steps = 1000 steps"},
        Clash{"decay_without_wsd", gpt("schedule: {decay: 600 steps}\n"),
              "schedule.decay is for schedule.type: wsd"},
        Clash{"constant_final", gpt("schedule: {type: constant, final_ratio: 0}\n"),
              "schedule.final_ratio = 0 has no effect"},
        Clash{"nothing_to_evaluate", gpt("data: {validation: 0}\n"),
              "run.yaml:2:20: evaluate.every = 200 steps needs held-out data"},
        Clash{"memory", gpt("device: {memory: 100 MiB}\n"),
              "device.memory = 100 MiB leaves nothing beside device.reserve = 256 MiB"}),
    [](const auto& info) { return info.param.name; });

TEST(Combinations, ThatRun) {
  // The same config may serve one rank and several.
  parse_config(shipped_models().kinds(), gpt("data_parallel: {shard: parameters, wire: bf16}\n"),
               "a.yaml");
  parse_config(shipped_models().kinds(),
               model("type: gpt, layers: 2, hidden: 66, heads: 4, head_dim: 16, kv_heads: 2, "
                     "positions: rotary"),
               "a.yaml");
  parse_config(shipped_models().kinds(), bert("data: {sentence_pairs: true}\n"), "a.yaml");
  parse_config(shipped_models().kinds(), gpt("data: {validation: 0}\nevaluate: {every: 0 steps}\n"),
               "a.yaml");
  parse_config(shipped_models().kinds(),
               gpt("schedule: {type: wsd, warmup: 500 steps, decay: 500 steps}\n"), "a.yaml");
}

}  // namespace
}  // namespace tessera
