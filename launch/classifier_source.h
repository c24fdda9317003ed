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

}  // namespace tessera
