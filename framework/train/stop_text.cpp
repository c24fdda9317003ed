#include "framework/train/stop_text.h"

#include <algorithm>

namespace tessera {

StopText::StopText(const Tokenizer& tokenizer, std::vector<std::string> stops,
                   std::span<const int32_t> before)
    : decoder_(tokenizer), stops_(std::move(stops)) {
  for (const int32_t id : before) decoder_.add(id);
}

std::string StopText::certain() {
  size_t at = std::string::npos;
  for (const std::string& stop : stops_) at = std::min(at, held_.find(stop));
  if (at != std::string::npos) {
    found_ = true;
    held_.resize(at);
    return std::exchange(held_, {});
  }
  size_t kept = 0;  // the longest end of the text that a stop string begins with
  for (const std::string& stop : stops_)
    for (size_t n = std::min(stop.size() - 1, held_.size()); n > kept; --n)
      if (held_.compare(held_.size() - n, n, stop, 0, n) == 0) kept = n;
  std::string out = held_.substr(0, held_.size() - kept);
  held_.erase(0, out.size());
  return out;
}

std::string StopText::add(int32_t id) {
  if (found_) return {};
  held_ += decoder_.add(id);
  return certain();
}

std::string StopText::finish() {
  if (found_) return {};
  held_ += decoder_.finish();
  std::string out = certain();
  if (!found_) out += std::exchange(held_, {});
  return out;
}

}  // namespace tessera
