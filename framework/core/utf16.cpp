#include "framework/core/utf16.h"

#include <cstddef>

namespace tessera {

bool looks_like_utf16(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return true;
  size_t zeros[2] = {0, 0};
  for (size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] == '\0') ++zeros[i % 2];
  const size_t units = bytes.size() / 2;
  const auto mostly = [&](size_t count) { return units >= 4 && count * 4 >= units * 3; };
  return (zeros[0] == 0 && mostly(zeros[1])) || (zeros[1] == 0 && mostly(zeros[0]));
}

}  // namespace tessera
