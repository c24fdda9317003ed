#include "framework/assembly/reading_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "framework/core/error.h"

namespace tessera {

std::string ReadingSize::graph() const { return fmt::format("read.{}.{}", rows, length); }

int64_t padded_length(int64_t tokens, int64_t longest) {
  check(tokens <= longest, "a text of {} tokens, and at most {}", tokens, longest);
  int64_t step = 8;
  while (step * 8 < tokens) step *= 2;
  return std::min((tokens + step - 1) / step * step, longest);
}

std::vector<ReadingSize> reading_sizes(std::span<const int64_t> lengths, int64_t longest,
                                       int64_t tokens) {
  std::map<int64_t, int64_t> texts;  // by padded length
  for (const int64_t length : lengths) ++texts[padded_length(length, longest)];
  std::vector<ReadingSize> sizes;
  for (const auto& [length, count] : texts)
    sizes.push_back({std::clamp(tokens / length, int64_t{1}, count), length});
  return sizes;
}

}  // namespace tessera
