// What the training loop needs of a model in training, and no more: one update on the samples that
// come next, an evaluation, its states to and from a checkpoint. The loop knows no graph and no
// tensor, so it is tested with a toy. An update is a pure function of the states and (seed,
// samples), which is what makes a resumed run exact.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_writer.h"
#include "framework/checkpoint/tensor_source.h"
#include "framework/core/evaluation.h"

namespace tessera {

struct StepResult {
  double loss = 0, grad_norm = 0, learning_rate = 0;
  bool applied = true;  // false: the update was skipped, since loss or gradient were not finite
  NamedNumbers parts;   // parts of the loss, such as masked_loss
};

/// Thrown by evaluate() when it finds stop_signal() set (framework/train/signals.h); the evaluation
/// is made again on resume.
struct EvaluationStopped {};

class Learner {
 public:
  virtual ~Learner() = default;

  /// Makes one update, on samples [first_sample, first_sample + batch.sequences).
  virtual StepResult update(int64_t first_sample) = 0;
  /// Evaluates on the held-out part, with the same batches each time. May throw EvaluationStopped
  /// between batches.
  virtual Evaluation evaluate() = 0;
  /// Writes all states that outlive a step.
  virtual void save(CheckpointWriter& writer) = 0;
  virtual void load(TensorSource& source) = 0;
  /// Begins a new run with the parameters of `source`, which must hold these and no others, and
  /// when `with_optimizer` with the optimizer's states too; all else is as at the beginning. Returns
  /// lines on what a task does not take from there. Throws a UserError that lists all that does not
  /// fit.
  virtual std::vector<std::string> begin_from(TensorSource& source, bool with_optimizer) = 0;
  /// Where samples [first_sample, first_sample + count) come from.
  virtual std::vector<std::string> batch_identity(int64_t first_sample, int64_t count) = 0;
  /// Lines for the head of a run: parameters, planned memory, FLOPs.
  virtual std::string header() = 0;
  /// Seconds so far in which collectives of this rank were under way (`total`), and the part of
  /// them that the rank waited; both are zero on one rank.
  struct Communication {
    double total = 0, waited = 0;
    /// Seconds in which the rank computed meanwhile; never negative, though a wait ends a moment
    /// after what it waits for.
    double hidden() const { return std::max(0.0, total - waited); }
  };
  virtual Communication communication() { return {}; }
  /// Model FLOPs of one update per token: forward and backward products, nothing computed twice.
  virtual double flops_per_token() = 0;
};

}  // namespace tessera
