// ModelDef: all that Tessera knows of a kind of model, as one row: the config's keys, the graph,
// how it lies on a mesh, its batches and its figures. Models is a table of such rows, handed to
// whatever assembles and feeds a model; nothing else asks what a model is called.
// docs/adding-a-model.md adds a row.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/model_kind.h"
#include "framework/core/evaluation.h"
#include "framework/data/corpus.h"
#include "framework/data/examples.h"
#include "models/batches.h"
#include "models/body.h"
#include "models/layout.h"
#include "models/parameters.h"
#include "models/task.h"

namespace tessera {

/// What a graph of a model is built for.
struct ModelUse {
  int64_t vocab = 0;      // the tokenizer's, for model.vocab: auto
  bool training = false;  // otherwise evaluation
  /// For a micro-step that is not the first of its update: dropout reads the state "part".
  bool part = false;
};

/// One of the graphs that continue texts.
struct GenerationUse {
  enum class Part {
    prompt,  // puts a block of one prompt into the caches "cache.prompt.*"
    head,    // the likelihoods of the token after a prompt
    decode,  // adds one token to each of `rows` texts
  };
  Part part = Part::decode;
  int64_t vocab = 0;   // the tokenizer's, for model.vocab: auto
  int64_t rows = 1;    // texts side by side in `decode`
  int64_t length = 1;  // tokens of a block of `prompt`
  int64_t cache = 0;   // positions of the caches that the graph writes to
  /// Of `prompt`: the caches are shorter than the prompt and keep its latest positions, as the
  /// input "kept" says. Of `decode`: the caches are rings of as many positions as the window has.
  bool latest = false;
  /// `decode` writes to the caches of `prompt`: one text, which needs no others.
  bool in_place = false;
};

/// A graph that reads `rows` texts of `length` tokens, shorter ones padded at their end, and learns
/// nothing.
struct ReadingUse {
  int64_t vocab = 0;  // the tokenizer's, for model.vocab: auto
  int64_t rows = 1, length = 1;
};

/// The data outputs of a graph that has run, by name.
struct GraphOutputs {
  std::function<std::span<const float>(std::string_view name)> reals;
  std::function<std::span<const int32_t>(std::string_view name)> integers;

  /// The output of that name, which is one number.
  double number(std::string_view name) const { return static_cast<double>(reals(name)[0]); }
};

/// Sums over the batches of an evaluation, by name.
using Tally = std::map<std::string, double>;

/// What a trained model is held against: figures that need no training, on the same held-out text.
struct Yardstick {
  struct Row {
    std::string key;   // the key in summary.json
    std::string what;  // words for the reader; "{token}" is what the model reads: "byte", …
    std::string trained = {};  // the key in the summary of the training; empty: measured
  };
  std::string title;  // may have "{token}", too
  std::vector<Row> rows;
  /// Gives the rows that are measured, by key.
  std::map<std::string, double> (*measure)(const Config&, const TokenSplit&,
                                           const Batches&) = nullptr;
};

struct ModelDef {
  ModelKind kind;

  /// Adds the graph of one micro-batch: inputs as its feeds name them, the output "loss".
  std::function<std::vector<Parameter>(Graph&, const Config&, const ModelUse&)> build = {};
  /// How the model's tensors lie on a mesh.
  std::function<ModelLayout(const Config&)> layout = {};
  /// Adds a graph of generation, with the ports that build_gpt_generation names; not set for a
  /// model that generates no text.
  std::vector<Parameter> (*generation)(Graph&, const Config&, const GenerationUse&) = nullptr;

  /// Adds a graph that scores texts: data in tokens_in, labels, positions_in i32 (rows, length),
  /// weights f32 (rows, length). Data out: losses f32 (rows · length), weight · cross-entropy of
  /// each label.
  /// Not set for a model that gives texts no likelihood.
  std::vector<Parameter> (*scoring)(Graph&, const Config&, const ReadingUse&) = nullptr;
  /// Adds a graph that gives tokens vectors: data in those of tokens_in, positions_in and
  /// segments_in i32 (rows, length) and lengths i32 (rows) that the model has. Data out: hidden f32
  /// (rows, length, hidden).
  std::vector<Parameter> (*encoding)(Graph&, const Config&, const ReadingUse&) = nullptr;

  std::unique_ptr<Batches> (*batches)(const Config&, const Corpus&) = nullptr;
  /// Batches of examples, for a task that reads such instead of token shards; `pad` is the id of
  /// padding. Not set otherwise.
  std::function<std::unique_ptr<Batches>(const Config&, ExampleSplit, int32_t pad)> examples = {};
  /// Random tokens for one of `micro_steps` micro-steps.
  std::function<Feed(const Config&, int64_t vocab, uint64_t step, int64_t micro_steps)>
      random_feed = {};

  /// Outputs of which the loss is the sum, shown beside the loss; not set where there is the loss
  /// alone.
  std::vector<std::string> (*loss_parts)(const Config&) = nullptr;
  /// What one batch adds to the sums of an evaluation. "weight", the number of labels that count,
  /// is one of them. `tokenizer` is null where tokens are random.
  Tally (*tally)(const Config&, const EvaluationBatch&, const GraphOutputs&,
                 const Tokenizer* tokenizer) = nullptr;
  Evaluation (*evaluation)(const Config&, const Tally&) = nullptr;

  /// A line on what is computed otherwise than the config says, such as padded heads; empty when
  /// nothing is. May be not set.
  std::string (*remark)(const Config&) = nullptr;
  Yardstick yardstick = {};

  /// What tasks put their heads on.
  ModelBody body = {};
  /// Parameters that init.from may lack, which then begin as drawn, and tensors of init.from that
  /// may have no place in this model; `*` stands for any text.
  std::vector<std::string> fresh = {}, left = {};
};

struct Models {
  std::vector<ModelDef> rows;
  std::vector<TaskDef> tasks;

  /// The row that the config names, with its task; throws UserError where the table has none.
  ModelDef of(const Config& config) const;
  /// The kinds of model that a config may name.
  KnownKinds kinds() const;
};

/// The models of the program.
const Models& shipped_models();

}  // namespace tessera
