// The options of `tessera generate`, read from the command line and checked.
#pragma once

#include <string>
#include <vector>

#include "framework/train/completion.h"
#include "launch/command_line.h"

namespace tessera {

struct GenerateOptions {
  CompletionOptions completion;  // without what follows from the model's tokenizer
  std::vector<std::string> stops;
  int64_t batch = 16;  // texts side by side
  bool json = false;   // JSON lines rather than text
};

/// The options that `generate` has beside the prompts and the model.
std::vector<Option> generate_options();

/// Throws UserError, which names the option, for values that make no sense.
GenerateOptions generate_options_of(const Arguments& given);

}  // namespace tessera
