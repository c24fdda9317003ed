// Demands on the keys of a task: which of them go together, and which keys a task does not read.
#pragma once

#include "framework/config/checks.h"

namespace tessera {

void check_task(const Checks& checks);

/// The numbers in task.class_weights, by label; empty for none and balanced. Sets `complaint` when
/// they are no numbers.
std::vector<double> stated_class_weights(const TaskConfig& task, std::string& complaint);

}  // namespace tessera
