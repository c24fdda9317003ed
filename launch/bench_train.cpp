#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "framework/assembly/layouts.h"
#include "framework/record/failure.h"
#include "framework/train/model_learner.h"
#include "launch/bench_modes.h"
#include "launch/planned_vocab.h"
#include "models/random_batches.h"

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

struct Timed {
  std::vector<double> seconds;           // one entry per step
  Learner::Communication communication;  // mean of the timed steps
  double start = 0, loss = 0;
};

/// Runs two steps to warm up, then times `steps` more.
Timed run_steps(ModelLearner& learner, int64_t steps) {
  Timed out;
  learner.initialize();
  out.start = process_age();
  Learner::Communication before;
  for (int64_t i = 0; i < steps + 2; ++i) {
    if (i == 2) before = learner.communication();
    const auto begin = std::chrono::steady_clock::now();
    out.loss = learner.step(i).loss;
    if (i >= 2)
      out.seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  const auto after = learner.communication();
  out.communication = {(after.total - before.total) / static_cast<double>(steps),
                       (after.waited - before.waited) / static_cast<double>(steps)};
  return out;
}

}  // namespace

nlohmann::json bench_train(const Config& given, int64_t steps, const Ranks& ranks) {
  const Config config = resolve_mesh(given, ranks.size());
  const int64_t vocab = planned_vocab(config);
  ModelLearner learner(shipped_models(), config,
                       {make_random_batches(shipped_models(), config, vocab), vocab, nullptr},
                       ranks.set_up(config.device), true, ranks.world());
  const Device& device = learner.session().device();
  Timed timed;
  try {
    timed = run_steps(learner, steps);
  } catch (const std::exception& error) {
    if (ranks.world()) ranks.world()->give_up(explained(error));  // while the buffers still exist
    throw;
  }
  auto& [seconds, communication, start, loss] = timed;
  std::sort(seconds.begin(), seconds.end());
  const auto tokens = static_cast<double>(config.tokens_per_step());
  const double median = seconds[seconds.size() / 2];
  if (ranks.leads()) fmt::print("{}\n", learner.header());
  if (ranks.size() > 1 && ranks.leads())
    fmt::print(
        "communication of a step: {:.4f} s, of which {:.4f} s are waited for and {:.4f} s hidden\n",
        communication.total, communication.waited, communication.hidden());
  if (ranks.leads())
    fmt::print(
        "{:.1f} tokens/s (median of {} steps; best {:.1f}) · {:.1f} GFLOP/s · first step after "
        "{:.2f} s · peak "
        "memory {:.2f} GiB · loss {:.4f}\n",
        tokens / median, steps, tokens / seconds[0],
        learner.flops_per_token() * tokens / median / 1e9, start,
        static_cast<double>(device.peak_bytes()) / (1 << 30), loss);
  return {{"tokens_per_s", tokens / median},
          {"tokens_per_s_best", tokens / seconds[0]},
          {"start_s", start},
          {"peak_rss_bytes", device.peak_bytes()},
          {"planned_bytes", learner.session().compiled().bytes()},
          {"ranks", ranks.size()},
          {"communication_s", communication.total},
          {"exposed_s", communication.waited},
          {"hidden_s", communication.hidden()},
          {"loss", loss}};
}

}  // namespace tessera
