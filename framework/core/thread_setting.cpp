#include "framework/core/thread_setting.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "framework/core/error.h"

namespace tessera {

std::optional<int64_t> threads_of_environment() {
  const char* const text = std::getenv("OMP_NUM_THREADS");
  if (text == nullptr || *text == '\0') return std::nullopt;
  std::string_view number = text;
  number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
  int64_t threads = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), threads);
  const bool ends = end == number.data() + number.size() || *end == ',' || *end == ' ';
  require(error == std::errc() && ends && threads > 0,
          "OMP_NUM_THREADS={}: it is no number of threads; give one above 0, or unset it", text);
  return threads;
}

}  // namespace tessera
