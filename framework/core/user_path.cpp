#include "framework/core/user_path.h"

#include <cctype>
#include <cstdlib>

#include "framework/core/error.h"

namespace tessera {

std::string user_path(std::string_view text) {
  const auto begins_name = [](char c) {
    return c == '{' || c == '_' || std::isalpha(static_cast<unsigned char>(c)) != 0;
  };
  require(text.size() < 2 || text[0] != '$' || !begins_name(text[1]),
          "'{}': variables are not replaced here; write the path out (./$… is a file of that name)",
          text);
  if (!text.starts_with('~')) return std::string(text);
  require(text.size() == 1 || text[1] == '/',
          "'{}': the home folder of another user is not looked up; write the path out (./~… is a "
          "file of that name)",
          text);
  const char* home = std::getenv("HOME");
  require(home != nullptr && *home != '\0',
          "'{}': ~ stands for the home folder, and HOME is not set; write the path out", text);
  return home + std::string(text.substr(1));
}

}  // namespace tessera
