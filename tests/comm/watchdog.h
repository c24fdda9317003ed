// Kills a test that hangs, and names it: a hang inside a collective would otherwise say nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

namespace tessera {

class Watchdog {
 public:
  explicit Watchdog(std::string name, std::chrono::seconds limit = std::chrono::seconds(120))
      : name_(std::move(name)), thread_([this, limit] { watch(limit); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void watch(std::chrono::seconds limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, [&] { return ended_; })) return;
    std::fprintf(stderr, "%s hangs: killed after %lld s\n", name_.c_str(),
                 static_cast<long long>(limit.count()));
    std::abort();
  }

  std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace tessera
