#include "framework/core/log.h"

#include <mutex>

namespace tessera::log {
namespace {

struct Way {
  std::mutex mutex;
  std::function<void(const std::string&)> relay;
};

Way& way() {
  static Way one;
  return one;
}

}  // namespace

void print_warning(const std::string& text) { spdlog::warn("{}", text); }

void relay_warnings(std::function<void(const std::string&)> relay) {
  const std::lock_guard lock(way().mutex);
  way().relay = std::move(relay);
}

void hand_warning(const std::string& text) {
  const std::lock_guard lock(way().mutex);
  way().relay ? way().relay(text) : print_warning(text);
}

}  // namespace tessera::log
