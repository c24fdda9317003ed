// The "post_processor" of a tokenizer.json.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/tokenizer/post_processor.h"

namespace tessera {

/// Throws UserError, which begins with `what`, also when an id is not below `vocab_size`. Without a
/// post-processor nothing is added.
PostProcessor parse_post_processor(const nlohmann::json& part, int64_t vocab_size,
                                   const std::string& what);

}  // namespace tessera
