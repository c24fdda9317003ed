// How the vectors of a text's tokens become one vector, as a folder of sentence-transformers says or
// as the user does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "launch/command_line.h"

namespace tessera {

struct Pooling {
  enum class Mode { mean, cls, last } mode = Mode::mean;
  bool normalize = false;
  /// Tokens of a text, special tokens included; longer texts are cut. 0: the model's context.
  int64_t most_tokens = 0;

  /// The vector of a text: `hidden` holds `width` numbers for each of its tokens.
  std::vector<float> apply(std::span<const float> hidden, size_t width) const;
};

/// Throws UserError for a name that is none.
Pooling::Mode pooling_mode(const std::string& name);

/// What modules.json and the files that it names say; nothing where `folder` has no modules.json.
/// Throws UserError for modules and ways of pooling that are not supported.
std::optional<Pooling> pooling_of_folder(const std::filesystem::path& folder);

/// The options that say how texts become vectors: --pool, --normalize and --length.
Option pool_option();
Option normalize_option();
Option length_option();
/// What the options say, and for the others what `place` does: a folder of sentence-transformers.
/// Throws UserError where nothing says how vectors of tokens become one.
Pooling chosen_pooling(const std::filesystem::path& place, int64_t context, const Arguments& given);

}  // namespace tessera
