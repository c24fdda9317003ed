// Reads a template into its tree.
#pragma once

#include <string_view>

#include "framework/chat/nodes.h"

namespace tessera::chat {

/// The statements of `source` (see template_source); throws a UserError with line and column at what
/// is wrong or not supported.
Body parse_template(std::string_view source);

}  // namespace tessera::chat
