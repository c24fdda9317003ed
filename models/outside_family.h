// OutsideFamily: a kind of model as other programs write it: their names of tensors and keys, and
// where each of ours lies in theirs. It is pure data, a table beside the model's builder in
// models/<family>.hf.cpp, and is read in both directions: by import and by export. Nothing else
// asks what a family is called.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

/// One parameter of ours in a tensor of theirs. `{}` in both names stands for the number of a layer.
struct OutsideTensor {
  std::string_view ours, theirs;
  std::string_view lies;  // outside_view.h
};

/// A key of their config and what it is in ours.
struct OutsideKey {
  /// The spellings; a dot leads into an object. Those that begin with '<' are only read, those with
  /// '>' only written, and all others both. Those that a file has must agree. None: the value of
  /// `ours` is fixed at `otherwise`.
  std::vector<std::string_view> theirs;
  /// Our key, such as "model.hidden"; empty: the value is fixed at `otherwise`.
  std::string_view ours;
  /// What the key stands for where it is missing, as JSON writes it, a text without its quotes;
  /// empty: it must be stated.
  std::string_view otherwise = {};
  /// Their word and ours, where these differ; other words are refused. Empty: the value as it is.
  std::vector<std::pair<std::string_view, std::string_view>> words = {};
  int64_t more = 0;  // theirs is ours plus this
  /// Another key of ours, in a row above, and the value that it must have for this row to count; with
  /// "!" before it, the value that it must not have.
  std::pair<std::string_view, std::string_view> only_if = {};
};

/// A class of their programs: which of our models it is.
struct OutsideClass {
  std::string_view name;
  bool bare = false;  // the names of its tensors lack OutsideFamily::base
  /// Keys of ours with the values that the class stands for, beside those of the family; `|` between
  /// several values.
  std::vector<std::pair<std::string_view, std::string_view>> sets = {};
  std::vector<OutsideTensor> tensors = {};  // before those of the family
};

struct OutsideFamily {
  std::string_view model_type;
  bool gguf = false;  // of GGUF files, whose keys are metadata, and model_type their architecture
  std::vector<OutsideClass> classes;
  std::string_view base;  // "bert.": what the names of the tensors below the heads begin with
  /// A tensor that only this family has: it tells the family where the config does not.
  std::string_view sign;
  /// Keys of ours and the values that all models of this family have.
  std::vector<std::pair<std::string_view, std::string_view>> sets;
  std::vector<OutsideKey> keys;
  std::vector<OutsideTensor> tensors;
  /// Tensors that are copies of others: the copy and the original. An equal copy is accepted.
  std::vector<std::pair<std::string_view, std::string_view>> copies = {};
  /// Tensors that follow from the config.
  std::vector<std::string_view> buffers = {};
  /// Tensors of heads and other parts that our model may be without: they are left out with a note.
  std::vector<std::string_view> spare = {};
  /// Keys of ours that follow from the tensors: our key, their tensor, and the values with and
  /// without it.
  struct Presence {
    std::string_view ours, tensor, with, without;
    std::string_view unless = {};  // a tensor beside which the first one does not count
  };
  std::vector<Presence> presence = {};
  /// The way to cut texts, by its name in GGUF files, that transformers 5 gives all tokenizers of this
  /// family, whatever their files say; empty: that of the files.
  std::string_view cuts = {};
  /// The tensor that states Llama 3's scaling of rotary positions (rope_factors.h); one of `buffers`.
  std::string_view rope_factors = {};

  const OutsideClass* find_class(std::string_view name) const;
};

const std::vector<const OutsideFamily*>& outside_families();

extern const OutsideFamily kGpt2Family, kLlamaFamily, kMistralFamily, kQwen2Family;
extern const OutsideFamily kGgufLlamaFamily, kGgufQwen2Family, kGgufGpt2Family;
extern const OutsideFamily kBertFamily, kRobertaFamily, kDistilBertFamily;

}  // namespace tessera
