// Every key of the config file, declared once: name, member, doc line, limits. The parser, `--set`,
// the printed config, help, docs/config.md and docs/config.schema.json are all made from these
// lists by passing a visitor, called as visit(name, member, doc, limits); `sections` calls
// visit(name, section, doc). Order here is order everywhere. The section "model" begins with its
// type and ends with the keys that kinds of model declare themselves (own_keys.h).
#pragma once

#include "framework/config/config.h"
#include "framework/config/limits.h"

namespace tessera {

template <typename Visit>
void fields(ModelConfig& c, Visit&& visit) {
  visit("layers", c.layers, "Transformer blocks.", between(1, 10000).must());
  visit("hidden", c.hidden, "Width of the residual stream.", between(1, 1 << 20).must());
  visit("heads", c.heads, "Attention heads (query heads).", between(1, 65536).must());
  visit("kv_heads", c.kv_heads,
        "Key/value heads, shared by groups of query heads; auto: as many as heads.",
        between(1, 65536));
  visit("head_dim", c.head_dim, "Width of one head; auto: hidden / heads.", between(1, 65536));
  visit("mlp_hidden", c.mlp_hidden,
        "Inner width of the MLP; auto: 4 × hidden. Of silu_gated, which has three matrices, 8/3 × "
        "hidden costs "
        "the same.",
        between(1, 1 << 24));
  visit("context", c.context, "Longest sequence in tokens; learned positions have this many rows.",
        between(1, 1 << 24));
  visit("vocab", c.vocab,
        "Rows of the embedding; auto: the tokenizer's vocabulary. May be larger (padded), never "
        "smaller.",
        between(2, 1 << 24));
  visit("positions", c.positions,
        "How a token knows its place: a learned table, or rotary angles.");
  visit("rope_base", c.rope_base, "Base of the rotary angles; longer contexts take a larger one.",
        above(0));
  visit("norm", c.norm, "Layer norm, or RMS norm (no mean, no bias).");
  visit("norm_eps", c.norm_eps, "Added to the variance in each norm.", above(0).below_or(1));
  visit("activation", c.activation,
        "In the MLP, and in bert's head for masked tokens: gelu by tanh (GPT-2), exact gelu by erf "
        "(BERT), relu, or gated silu (Llama; plain silu in that head).");
  visit("tied_head", c.tied_head, "The output matrix is the token embedding.");
  visit("bias", c.bias, "Bias terms in linear layers, heads and layer norms.");
  visit("dropout", c.dropout, "Dropout on embeddings and on the output of each sublayer.",
        fraction(0, 0.99));
  visit("attention_dropout", c.attention_dropout, "Dropout on attention weights.",
        fraction(0, 0.99));
  visit("init_std", c.init_std, "Standard deviation of initial weights.", above(0).below_or(10));
  visit("window", c.window,
        "A token attends to at most this many last tokens, itself included; 0: to all.",
        between(0, 1 << 24));
}

template <typename Visit>
void fields(DataConfig& c, Visit&& visit) {
  visit("shards", c.shards, "Folder written by `tessera tokenize`; train and eval need it.");
  visit("validation", c.validation, "Part of the documents held out of training.",
        fraction(0, 0.9));
  visit("documents", c.documents,
        "packed: attention stays inside a document; stream: it crosses from one document to the "
        "next.");
  visit("mask_rate", c.mask_rate, "bert: tokens that are predicted, replaced 80/10/10.",
        fraction(0, 1).open_low());
  visit("whole_word", c.whole_word, "bert: mask all pieces of a word together.");
  visit("sentence_pairs", c.sentence_pairs,
        "bert: a sequence is two sentences, the second random half the time.");
}

template <typename Visit>
void fields(BatchConfig& c, Visit&& visit) {
  visit("sequences", c.sequences, "Sequences per optimizer step, over all micro-steps and devices.",
        between(1, 1 << 24));
  visit("length", c.length, "Tokens per sequence; auto: model.context.", between(1, 1 << 24));
  visit("accumulate", c.accumulate, "Micro-steps whose gradients are summed before each update.",
        between(1, 1 << 24));
}

template <typename Visit>
void fields(OptimizerConfig& c, Visit&& visit) {
  visit("type", c.type, "AdamW (decoupled decay), or SGD with momentum.");
  visit("lr", c.lr, "Peak learning rate.", above(0).below_or(1000));
  visit("beta1", c.beta1, "adamw: decay of the first moment.", between(0, 1).open_high());
  visit("beta2", c.beta2, "adamw: decay of the second moment.", between(0, 1).open_high());
  visit("eps", c.eps, "adamw: added to the root of the second moment.", above(0).below_or(1));
  visit("weight_decay", c.weight_decay, "Decoupled weight decay, multiplied by the learning rate.",
        between(0, 100));
  visit("momentum", c.momentum, "sgd: momentum; 0: none.", between(0, 1).open_high());
  visit("clip_norm", c.clip_norm, "Gradients are scaled down to this global norm; 0: never.",
        at_least(0));
  visit("decay_norms_and_biases", c.decay_norms_and_biases,
        "Weight decay also on norm gains and biases, not on matrices alone.");
}

template <typename Visit>
void fields(ScheduleConfig& c, Visit&& visit) {
  visit("type", c.type,
        "Learning rate after the warm-up: cosine or linear fall, constant, or constant and then "
        "falling (wsd).");
  visit("warmup", c.warmup, "Linear rise from zero to the peak rate.");
  visit("decay", c.decay, "wsd: length of the fall at the end of training.");
  visit("final_ratio", c.final_ratio, "Learning rate at the end, as a part of the peak.",
        fraction(0, 1));
}

template <typename Visit>
void fields(PrecisionConfig& c, Visit&& visit) {
  visit("compute", c.compute,
        "Type of activations and matrix products; bf16 keeps f32 master weights.");
}

template <typename Visit>
void fields(RecomputeConfig& c, Visit&& visit) {
  visit("policy", c.policy,
        "What the backward pass computes again, to save memory: nothing, what is cheap, or whole "
        "blocks.");
}

template <typename Visit>
void fields(MeshConfig& c, Visit&& visit) {
  visit("dp", c.dp,
        "Data parallel ranks, each with a part of the batch; auto: as many as tp leaves.",
        between(1, 1 << 20));
  visit(
      "tp", c.tp,
      "Tensor parallel ranks, each with a part of the heads, the MLP and the vocabulary; auto: as "
      "many as dp leaves. Neighbours: ranks of one host.",
      between(1, 1 << 16));
  visit("head_multiple", c.head_multiple,
        "Attention is computed with as many key/value heads as the next multiple of this, those "
        "beyond the model's own being zeros that stay zeros; auto: of tp.",
        between(1, 1 << 16));
  visit("sequence_parallel", c.sequence_parallel,
        "Norms, dropout and residuals are split along the sequence over tp as well.");
  visit("silence_limit", c.silence_limit,
        "Seconds without a sign of life after which a rank counts as dead and ends the run.",
        between(3, 1e6));
  visit("hang_limit", c.hang_limit,
        "Seconds for which ranks wait in a collective for one that does not come, before the run "
        "ends.",
        between(3, 1e6));
}

template <typename Visit>
void fields(DataParallelConfig& c, Visit&& visit) {
  visit("shard", c.shard,
        "What is split over dp in place of being held by every rank: nothing; optimizer state; "
        "gradients as well; parameters as well.");
  visit("wire", c.wire, "Type in which gradients travel; they are summed in f32 either way.");
}

template <typename Visit>
void fields(DeviceConfig& c, Visit&& visit) {
  visit("type", c.type, "Where the run computes.");
  visit("isa", c.isa, "Highest instruction set used; auto: the best of this machine.");
  visit("threads", c.threads, "Threads that compute; auto: OMP_NUM_THREADS, else one per core.",
        between(1, 65536));
  visit("memory", c.memory, "Memory that the run may take; auto: what machine and cgroup allow.");
  visit("reserve", c.reserve, "Part of it left to libraries and the program, outside the plan.");
}

template <typename Visit>
void fields(InitConfig& c, Visit&& visit) {
  visit("from", c.from,
        "train: a checkpoint whose weights a new run begins with, or a run's folder or one of "
        "checkpoints, for their newest; empty: weights are drawn. A run that has a checkpoint of "
        "its own goes on from that.");
  visit("optimizer", c.optimizer,
        "What the optimizer remembers of earlier updates at the beginning: nothing, or what the "
        "checkpoint of init.from holds.");
}

template <typename Visit>
void fields(TrainConfig& c, Visit&& visit) {
  visit("steps", c.steps, "Length of the training.", at_least(1));
  visit("seed", c.seed, "Decides initial weights, batches, masks and dropout.",
        between(0, kMaxCount));
  visit(
      "stop_after_nonfinite", c.stop_after_nonfinite,
      "Steps in a row with a non-finite loss or gradient (each skipped) after which the run stops.",
      between(1, 1 << 20));
}

template <typename Visit>
void fields(EvaluateConfig& c, Visit&& visit) {
  visit("every", c.every, "How often the validation loss is measured; `0 steps`: never.");
  visit("batches", c.batches,
        "Batches of batch.sequences per measurement, spread evenly over the held-out part.",
        between(1, 1 << 30));
}

template <typename Visit>
void fields(CheckpointConfig& c, Visit&& visit) {
  visit("folder", c.folder, "Where checkpoints go; auto: the folder checkpoints in log.folder.");
  visit("every", c.every, "How often one is written; `0 steps`: only at the end.");
  visit("keep", c.keep, "Newest checkpoints that are kept.", between(1, 1 << 30));
}

template <typename Visit>
void fields(LogConfig& c, Visit&& visit) {
  visit(
      "folder", c.folder,
      "Where metrics and the effective config go; auto: runs/NAME, NAME being the config file's.");
  visit("every", c.every, "How often a progress line and metrics are written.", at_least(1));
  visit("tensorboard", c.tensorboard, "Write TensorBoard events beside metrics.jsonl.");
}

template <typename Visit>
void sections(Config& c, Visit&& visit) {
  visit("model", c.model, "The network.");
  visit("data", c.data, "What it reads.");
  visit("batch", c.batch, "How much of it per step.");
  visit("optimizer", c.optimizer, "How weights follow gradients.");
  visit("schedule", c.schedule, "How the learning rate goes over the run.");
  visit("precision", c.precision, "In which number format.");
  visit("recompute", c.recompute, "Memory against time.");
  visit("mesh", c.mesh, "How the ranks of a run share the work.");
  visit("data_parallel", c.data_parallel, "What the ranks along dp hold and exchange.");
  visit("device", c.device, "On what hardware.");
  visit("init", c.init, "What it begins with.");
  visit("train", c.train, "How long.");
  visit("evaluate", c.evaluate, "Validation during training.");
  visit("checkpoint", c.checkpoint, "What is kept to go on from.");
  visit("log", c.log, "What is written to be read.");
}

}  // namespace tessera
