// A SOURCE that tells labels.
#pragma once

#include <string>
#include <vector>

#include "launch/source.h"

namespace tessera {

/// Opens the source. A classifier of another program says its labels, and its tokenizer how long
/// texts may be; what its texts are called, the user says with --set task.text=COLUMN.
/// With `tells`, notes go to standard error. Throws UserError where the source tells no labels.
ModelSource open_classifier(const std::string& named, std::vector<std::string> sets,
                            bool tells = true);

/// Opens a source with the task that it has: as open_classifier() does where it is a classifier of
/// another program, otherwise as open_source() does.
ModelSource open_with_task(const std::string& named, std::vector<std::string> sets,
                           bool tells = true);

}  // namespace tessera
