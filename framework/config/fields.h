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
  visit("layers", c.layers, "Transformer blocks.", between(1, 800).must());
  visit("hidden", c.hidden, "Width of the residual stream.", between(1, 1 << 20).must());
  visit("heads", c.heads, "Attention heads (query heads).", between(1, 65536).must());
  visit("kv_heads", c.kv_heads,
        "Key/value heads, each shared by a group of query heads; auto: as many as heads.",
        between(1, 65536));
  visit("head_dim", c.head_dim, "Width of one head; auto: hidden / heads.", between(1, 65536));
  visit("mlp_hidden", c.mlp_hidden,
        "Inner width of the MLP; auto: 4 × hidden. The MLP of silu_gated has three matrices and "
        "costs the same at 8/3 × hidden.",
        between(1, 1 << 24));
  visit("context", c.context, "Longest sequence in tokens; learned positions have this many rows.",
        between(1, 1 << 24));
  visit("vocab", c.vocab,
        "Rows of the embedding; auto: the tokenizer's vocabulary. It may be larger (padded), "
        "never smaller.",
        between(2, 1 << 24));
  visit("positions", c.positions,
        "How the model knows a token's place: by a learned table, or by rotary angles.");
  visit("rope_base", c.rope_base, "Base of the rotary angles; longer contexts need a larger base.",
        above(0));
  visit("rope_scaling", c.rope_scaling,
        "How rotary angles are scaled for a context longer than the first one: not at all; linear, "
        "llama3 and yarn slow them down by rope_factor; dynamic does nothing up to model.context.");
  visit("rope_factor", c.rope_factor, "rope_scaling: how many times slower angles grow.",
        at_least(1).below_or(1 << 20));
  visit("rope_original_context", c.rope_original_context,
        "llama3, yarn: the context that the model was first trained on; auto: context.",
        between(1, 1 << 24));
  visit("rope_low", c.rope_low,
        "llama3, yarn: angles that make fewer turns in the original context are slowed down.",
        above(0).below_or(1 << 20));
  visit("rope_high", c.rope_high,
        "llama3, yarn: angles that make more turns in the original context stay as they are; yarn "
        "usually has 32.",
        above(0).below_or(1 << 20));
  visit("rope_magnitude", c.rope_magnitude,
        "yarn: factor of queries and keys; auto: 0.1 · ln(rope_factor) + 1.",
        above(0).below_or(100));
  visit("norm", c.norm, "Layer norm, or RMS norm (no mean, no bias).");
  visit("norm_eps", c.norm_eps, "Number added to the variance in each norm.", above(0).below_or(1));
  visit("activation", c.activation,
        "Activation of the MLP and of bert's head for masked tokens: gelu by tanh (GPT-2), exact "
        "gelu by erf (BERT), relu, or gated silu (Llama; plain silu in that head).");
  visit("tied_head", c.tied_head, "Whether the output matrix is the token embedding.");
  visit(
      "bias", c.bias,
      "Whether linear layers, heads and layer norms have bias terms; qkv: queries, keys and values "
      "alone (Qwen 2).");
  visit("dropout", c.dropout, "Dropout on embeddings and on the output of each sublayer.",
        fraction(0, 0.99));
  visit("attention_dropout", c.attention_dropout, "Dropout on attention weights.",
        fraction(0, 0.99));
  visit("init_std", c.init_std, "Standard deviation of initial weights.", above(0).below_or(10));
  visit("window", c.window,
        "Number of last tokens that a token attends to, itself included; 0: all.",
        between(0, 1 << 24));
}

/// The keys of one map in data.sources.
template <typename Visit>
void fields(DataSourceConfig& c, Visit&& visit) {
  visit("shards", c.shards, "Folder written by `tessera tokenize`.", required());
  visit("name", c.name, "What figures call it; empty: the last part of the folder's path.");
  visit("weight", c.weight,
        "Its share of the samples beside the weights of the others; auto (for all sources): in "
        "proportion to the samples in its epochs.",
        between(1e-6, 1e9));
  visit("epochs", c.epochs,
        "Passes over it at most; the others fill the rest. auto: no limit, and 1 in auto weights.",
        above(0).below_or(1e6));
  visit("validation", c.validation,
        "Part of its documents held out of training; auto: data.validation.", fraction(0, 0.9));
  visit("from", c.from, "Where in the run's data its samples begin.");
  visit("until", c.until, "Where in the run's data its samples end; auto: never.");
}

template <typename Visit>
void fields(DataConfig& c, Visit&& visit) {
  visit("shards", c.shards,
        "Folder written by `tessera tokenize`; train and eval need it, or data.sources.");
  visit("sources", c.sources,
        "Several folders instead of one, mixed: a list of maps with the keys shards, name, weight, "
        "epochs, validation, from and until (docs/text.md), such as `[{shards: a, weight: 3}, "
        "{shards: b, weight: 1}]`.");
  visit("train", c.train,
        "classify: the file of examples to train on: TSV, CSV or JSON lines, compressed or not.");
  visit("validation", c.validation,
        "Part of the documents, or of the examples, held out of training.", fraction(0, 0.9));
  visit("validation_file", c.validation_file,
        "classify: a file of examples to evaluate on, instead of a part of data.train.");
  visit("documents", c.documents,
        "packed: attention stays inside a document; stream: it crosses from one document to the "
        "next.");
  visit("packing", c.packing,
        "stream: a sequence is the next batch.length tokens, whatever documents they are of; "
        "best_fit: whole documents that fill it best, padded; only longer ones are cut.");
  visit("mask_rate", c.mask_rate,
        "bert: share of the tokens that are predicted. Of these, 80 % become the mask token, 10 "
        "% a random token, and 10 % stay.",
        fraction(0, 1).open_low());
  visit("whole_word", c.whole_word, "bert: whether all pieces of a word are masked together.");
  visit("sentence_pairs", c.sentence_pairs,
        "bert: whether a sequence is two sentences, the second of which is random half of the "
        "time.");
}

template <typename Visit>
void fields(TaskConfig& c, Visit&& visit) {
  visit("type", c.type,
        "pretrain: what the model type does by itself; classify: one of several labels for each "
        "text.");
  visit("text", c.text, "classify: the column of the text, or the two columns of a pair of texts.");
  visit("label", c.label, "classify: the column of the label.");
  visit("labels", c.labels,
        "classify: the labels, in the order of their numbers; none: those in the data, sorted. A "
        "run records them.");
  visit("max_length", c.max_length,
        "classify: tokens of the longest text, special ones included; longer ones are cut. auto: "
        "model.context.",
        between(1, 1 << 24));
  visit("class_weights", c.class_weights,
        "classify: what an example counts in the training loss: none (all alike), balanced (in "
        "inverse proportion to how often its label occurs), or a list with a number for each "
        "label.");
  visit("pooling", c.pooling,
        "classify: what of a text the labels are told from: the first token (cls), the mean of "
        "all, or the last token. auto: cls for bert, last for gpt.");
}

template <typename Visit>
void fields(BatchConfig& c, Visit&& visit) {
  visit("sequences", c.sequences, "Sequences per optimizer step, over all micro-steps and devices.",
        between(1, 1 << 24));
  visit("length", c.length, "Tokens per sequence; auto: task.max_length, or model.context.",
        between(1, 1 << 24));
  visit("accumulate", c.accumulate, "Micro-steps whose gradients are summed before each update.",
        between(1, 1 << 24));
}

template <typename Visit>
void fields(OptimizerConfig& c, Visit&& visit) {
  visit("type", c.type, "AdamW (decoupled decay), or SGD with momentum.");
  visit("lr", c.lr, "Peak learning rate.", above(0).below_or(1000));
  visit("beta1", c.beta1, "adamw: decay of the first moment.", between(0, 1).open_high());
  visit("beta2", c.beta2, "adamw: decay of the second moment.", between(0, 1).open_high());
  visit("eps", c.eps, "adamw: number added to the root of the second moment.",
        above(0).below_or(1));
  visit("weight_decay", c.weight_decay, "Decoupled weight decay, multiplied by the learning rate.",
        between(0, 100));
  visit("momentum", c.momentum, "sgd: momentum; 0: none.", between(0, 1).open_high());
  visit("clip_norm", c.clip_norm, "Gradients are scaled down to this global norm; 0: never.",
        at_least(0));
  visit("decay_norms_and_biases", c.decay_norms_and_biases,
        "Whether weight decay also applies to norm gains and biases.");
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
  visit("tp", c.tp,
        "Tensor parallel ranks, each with a part of the heads, the MLP and the vocabulary; auto: "
        "as many as dp leaves. They are neighbours, such as ranks of one host.",
        between(1, 1 << 16));
  visit("head_multiple", c.head_multiple,
        "The number of key/value heads is padded to a multiple of this. Added heads are zeros "
        "and stay zeros. auto: tp.",
        between(1, 1 << 16));
  visit("sequence_parallel", c.sequence_parallel,
        "Whether tp also splits norms, dropout and residuals, along the sequence.");
  visit("silence_limit", c.silence_limit,
        "Seconds without a sign of life after which a rank counts as dead and ends the run.",
        between(3, 1e6));
  visit("hang_limit", c.hang_limit,
        "Seconds that ranks wait in a collective for a rank that does not come, before the run "
        "ends.",
        between(3, 1e6));
}

template <typename Visit>
void fields(DataParallelConfig& c, Visit&& visit) {
  visit("shard", c.shard,
        "What is split over dp instead of held by every rank: nothing; optimizer state; "
        "gradients as well; parameters as well.");
  visit("wire", c.wire, "Type in which gradients travel; they are summed in f32 either way.");
}

template <typename Visit>
void fields(DeviceConfig& c, Visit&& visit) {
  visit("type", c.type,
        "Where the run computes: on the processors of this machine, or on an NVIDIA card "
        "(docs/cuda.md).");
  visit("isa", c.isa, "cpu: the highest instruction set used; auto: the best of this machine.");
  visit("threads", c.threads, "Threads that compute; auto: OMP_NUM_THREADS, else one per core.",
        between(1, 65536));
  visit("memory", c.memory,
        "Memory that the run may take; auto: what machine and cgroup allow, or what is free on "
        "the card.");
  visit("reserve", c.reserve,
        "Part of device.memory that is left to libraries and the program, outside the plan.");
}

template <typename Visit>
void fields(InitConfig& c, Visit&& visit) {
  visit("from", c.from,
        "train: the model whose weights a new run begins with: a checkpoint, a run or a folder of "
        "checkpoints (the newest one), or a model of another program, a folder of Hugging Face's "
        "libraries or a .gguf. Empty: weights are drawn. A run that has a checkpoint of its own "
        "resumes from that.");
  visit("optimizer", c.optimizer,
        "The optimizer's state at the beginning: empty, or that of the checkpoint in init.from.");
}

template <typename Visit>
void fields(TuneConfig& c, Visit&& visit) {
  visit("freeze", c.freeze,
        "Parameters that keep their first values: names, or what names begin with, such as "
        "layer.0; `*` stands for any text, and embeddings for all of them.");
}

template <typename Visit>
void fields(TrainConfig& c, Visit&& visit) {
  visit("steps", c.steps, "Length of the training.", at_least(1));
  visit("seed", c.seed, "Decides initial weights, batches, masks and dropout.",
        between(0, kMaxCount));
  visit("stop_after_nonfinite", c.stop_after_nonfinite,
        "Steps in a row with a non-finite loss or gradient after which the run stops; each is "
        "skipped.",
        between(1, 1 << 20));
}

template <typename Visit>
void fields(EvaluateConfig& c, Visit&& visit) {
  visit("every", c.every, "How often the validation loss is measured; `0 steps`: never.");
  visit("batches", c.batches,
        "Batches of batch.sequences per measurement, spread evenly over the held-out part; a task "
        "measures on all of it.",
        between(1, 1 << 30));
  visit("metric", c.metric,
        "The figure that tells which evaluation is best, such as loss (the smallest is best), "
        "accuracy or macro_f1 (the largest is).");
  visit("keep", c.keep,
        "best: the checkpoint of the best evaluation is never deleted, and stands for the run.");
  visit("patience", c.patience,
        "Evaluations in a row without a better one after which the run ends; 0: it does not.",
        between(0, 1 << 30));
}

template <typename Visit>
void fields(CheckpointConfig& c, Visit&& visit) {
  visit("folder", c.folder, "Where checkpoints go; auto: the folder checkpoints in log.folder.");
  visit("every", c.every, "How often a checkpoint is written; `0 steps`: only at the end.");
  visit("keep", c.keep, "Newest checkpoints that are kept.", between(1, 1 << 30));
}

template <typename Visit>
void fields(LogConfig& c, Visit&& visit) {
  visit("folder", c.folder,
        "Where metrics and the effective config go; auto: runs/NAME, where NAME is the config "
        "file's.");
  visit("every", c.every, "How often a progress line and metrics are written.", at_least(1));
  visit("tensorboard", c.tensorboard,
        "Whether TensorBoard events are written beside metrics.jsonl.");
}

template <typename Visit>
void sections(Config& c, Visit&& visit) {
  visit("model", c.model, "The network.");
  visit("data", c.data, "The training data.");
  visit("task", c.task, "What the model is trained to do.");
  visit("batch", c.batch, "How much data a step takes.");
  visit("optimizer", c.optimizer, "How gradients change the weights.");
  visit("schedule", c.schedule, "How the learning rate changes over the run.");
  visit("precision", c.precision, "The number format of computation.");
  visit("recompute", c.recompute, "Less memory for more time.");
  visit("mesh", c.mesh, "How the ranks of a run share the work.");
  visit("data_parallel", c.data_parallel, "What the ranks along dp hold and exchange.");
  visit("device", c.device, "The hardware that the run uses.");
  visit("init", c.init, "What a new run begins with.");
  visit("tune", c.tune, "Which parameters are trained.");
  visit("train", c.train, "Length, seed and end of the training.");
  visit("evaluate", c.evaluate, "Validation during training.");
  visit("checkpoint", c.checkpoint, "Checkpoints, from which a run resumes.");
  visit("log", c.log, "What is written for people to read.");
}

}  // namespace tessera
