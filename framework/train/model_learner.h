// ModelLearner: the Learner of a configured model: its compiled program, its states, and the data
// it learns from.
#pragma once

#include <memory>

#include "framework/assembly/assemble.h"
#include "framework/runtime/session.h"
#include "framework/tokenizer/tokenizer.h"
#include "framework/train/feed.h"
#include "framework/train/learner.h"

namespace tessera {

struct LearnerData {
  std::unique_ptr<Batches> batches;
  int64_t vocab = 0;                                // the tokenizer's
  std::shared_ptr<const Tokenizer> tokenizer = {};  // none for random tokens
  std::string identity = {};                        // Corpus::identity
  DocumentMarks marks = {};
  std::vector<std::string> notes = {};  // lines for the head of the run
};

/// Opens the tokens in data.shards or data.sources; throws UserError when they do not fit the
/// model's vocabulary.
LearnerData open_data(const Models& models, const Config& config);

/// The model's batches from the corpus; throws UserError when the run evaluates and the held-out
/// parts yield no sample.
std::unique_ptr<Batches> make_batches(const ModelDef& model, const Config& config,
                                      const Corpus& corpus);

class ModelLearner : public Learner {
 public:
  /// Compiles the model that the config names among `models`, checks that it fits the machine
  /// (UserError otherwise) and allocates. Without `training` the learner can only evaluate, and
  /// needs no optimizer state. On a mesh (config.mesh, resolved) every rank makes a learner, with
  /// its `world`.
  ModelLearner(const Models& models, const Config& config, LearnerData data,
               const std::shared_ptr<Device>& device, bool training = true, World* world = nullptr,
               const CompileOptions& options = {});

  StepResult update(int64_t first_sample) override;
  Evaluation evaluate() override;
  void save(CheckpointWriter& writer) override;
  void load(TensorSource& source) override;
  std::vector<std::string> begin_from(TensorSource& source, bool with_optimizer) override;
  std::vector<std::string> batch_identity(int64_t first_sample, int64_t count) override {
    return data_.batches->identity(first_sample, count);
  }
  std::string header() override;
  double flops_per_token() override;
  Communication communication() override;

  /// Makes update number `index`, from 0, of a run whose batch size never changes, as in benchmarks
  /// and tests.
  StepResult step(int64_t index) { return update(index * config_.batch.sequences); }
  /// Draws the first parameters, unless there are some already; otherwise the first step or
  /// evaluation draws them.
  void initialize();
  Session& session() { return session_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  int64_t parameter_count() const;
  /// The text of all graphs: the same on every rank of a mesh.
  std::string program_text() const;

 private:
  ModelLearner(const ModelDef& model, const Config& config, LearnerData data,
               const std::shared_ptr<Device>& device, Assembly assembly, World* world,
               const CompileOptions& options);
  /// States that a checkpoint holds: all that cannot be made from others.
  std::vector<State> persistent_states() const;
  MeshPlace place() const { return {parts_.mesh, parts_.rank, world_}; }
  std::vector<WantedTensor> wanted(const std::vector<State>& states) const;
  void read(const std::vector<State>& states, TensorSource& source);
  /// Whether this rank writes the box of the state that it holds into a checkpoint.
  bool writes(const State& state) const;

  const ModelDef model_;
  const Config config_;
  World* world_;
  LearnerData data_;
  std::vector<Parameter> parameters_;
  double model_flops_;
  FeedParts parts_;  // the parts of inputs that this rank takes
  BatchRows rows_;   // the rows of training batches that this rank makes
  Session session_;
  bool initialized_ = false;
};

}  // namespace tessera
