// The option --overwrite of verbs that write a file.
#pragma once

#include "framework/core/output_file.h"
#include "launch/command_line.h"

namespace tessera {

inline Option overwrite_option() { return {"overwrite", "", "replace a file that exists"}; }

inline Overwrite overwrite_of(const Arguments& given) {
  return given.has("overwrite") ? Overwrite::yes : Overwrite::no;
}

}  // namespace tessera
