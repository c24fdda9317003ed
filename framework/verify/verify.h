// verify compares one config on two meshes, tensor by tensor. Both runs go step by step from the
// same states; in the second run each value is compared as soon as it is made and then replaced by
// the first run's, so that every node, collective and update works on the same operands in both. A
// value that leaves its bound (rounding.h) is named where it was made, and nowhere else. The ranks
// are threads of this process.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "framework/train/model_learner.h"

namespace tessera {

struct VerifyOptions {
  const Models& models;
  int64_t steps = 2;
  std::shared_ptr<Device> device = {};     // the ranks share it
  std::function<LearnerData()> data = {};  // called once for every rank
  CompileOptions compile = {};
};

struct VerifyReport {
  struct Row {
    int64_t names = 0, comparisons = 0;
    double worst = 0;  // the worst difference, as a share of its bound
    std::string where = {};
  };
  std::map<std::string, Row> kinds;           // activations, gradients, updates, states, inputs
  std::vector<std::string> findings;          // the first findings, in program order
  int64_t found = 0;                          // number of all findings
  std::map<std::string, int64_t> uncompared;  // number of names, by reason
};

/// Compares a config on two meshes; ends with the first step that finds something.
VerifyReport verify(Config a, Config b, const VerifyOptions& options);

}  // namespace tessera
