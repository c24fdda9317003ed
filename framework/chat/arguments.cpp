#include "framework/chat/arguments.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera::chat {

std::vector<const Value*> bound(const Arguments& arguments,
                                std::initializer_list<std::string_view> names,
                                std::string_view what) {
  require(arguments.positional.size() <= names.size(), "{} takes at most {} arguments, not {}",
          what, names.size(), arguments.positional.size());
  std::vector<const Value*> values(names.size(), nullptr);
  for (size_t i = 0; i < arguments.positional.size(); ++i) values[i] = &arguments.positional[i];
  for (const auto& [name, value] : arguments.named) {
    const auto place = std::find(names.begin(), names.end(), name);
    require(place != names.end(), "{} has no argument '{}'", what, name);
    const Value*& slot = values[static_cast<size_t>(place - names.begin())];
    require(!slot, "{} is given '{}' twice", what, name);
    slot = &value;
  }
  return values;
}

}  // namespace tessera::chat
