#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "framework/device/cpu/memory.h"
#include "framework/train/device.h"
#include "framework/train/model_learner.h"
#include "launch/bench_modes.h"
#include "launch/planned_vocab.h"

namespace tessera {
namespace {

/// Seconds since this process was started, from the kernel's clock (ticks of 10 ms).
double process_age() {
  std::ifstream stat("/proc/self/stat"), uptime("/proc/uptime");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  const size_t after_name = text.rfind(')');  // the name may hold spaces
  check(after_name != std::string::npos, "/proc/self/stat has no process name");
  std::istringstream fields(text.substr(after_name + 2));
  std::string field;
  for (int i = 0; i < 20; ++i) fields >> field;  // field 22, starttime, is the 20th after the name
  double now = 0;
  uptime >> now;
  return now - std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

nlohmann::json bench_train(const Config& config, int64_t steps) {
  const int64_t vocab = planned_vocab(config);
  ModelLearner learner(config, {make_random_batches(config, vocab), vocab, std::nullopt},
                       set_up_device(config.device));
  learner.initialize();
  const double start = process_age();
  std::vector<double> seconds;
  double loss = 0;
  for (int64_t i = 0; i < steps + 2; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    loss = learner.step(i).loss;
    if (i >= 2)
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  const auto tokens = static_cast<double>(config.tokens_per_step());
  const double median = seconds[seconds.size() / 2];
  fmt::print("{}\n", learner.header());
  fmt::print(
      "{:.1f} tokens/s (median of {} steps; best {:.1f}) · {:.1f} GFLOP/s · first step after "
      "{:.2f} s · peak "
      "memory {:.2f} GiB · loss {:.4f}\n",
      tokens / median, steps, tokens / seconds[0],
      learner.flops_per_token() * tokens / median / 1e9, start,
      static_cast<double>(peak_resident_bytes()) / (1 << 30), loss);
  return {{"tokens_per_s", tokens / median},
          {"tokens_per_s_best", tokens / seconds[0]},
          {"start_s", start},
          {"peak_rss_bytes", peak_resident_bytes()},
          {"planned_bytes", learner.session().compiled().bytes()},
          {"loss", loss}};
}

}  // namespace tessera
