// Arguments of a call, and their way to the parameters of what is called.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/chat/value.h"

namespace tessera::chat {

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

/// The values of the parameters `names` of `what`, in their order; null where none is given. Throws
/// when there are too many, unknown ones or one twice.
std::vector<const Value*> bound(const Arguments& arguments,
                                std::initializer_list<std::string_view> names,
                                std::string_view what);

}  // namespace tessera::chat
