// The config of a classifier that begins with a model, for a file of examples.
#pragma once

#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

struct NewClassify {
  std::string source, file;
  std::string validation;          // a file; empty: a part of `file` is held out
  std::vector<std::string> texts;  // columns; none: they are looked for
  std::string label;               // empty: it is looked for
  int64_t epochs = 0;              // 0: as is usual
};

/// The YAML text, which is read once as the file `out` and so known to be good. Throws UserError
/// where model or data do not fit the task.
std::string new_classify(const NewClassify& wanted, const std::string& out);

}  // namespace tessera
