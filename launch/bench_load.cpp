// `tessera bench load`: how long it takes from the files of a model to parameters in place.
#include <fmt/format.h>

#include <chrono>

#include "framework/assembly/device.h"
#include "framework/train/generator.h"
#include "framework/train/text_reader.h"
#include "launch/bench_modes.h"
#include "launch/source.h"

namespace tessera {
namespace {

double parameter_bytes(const Session& session) {
  double bytes = 0;
  for (const State& state : session.compiled().program.states())
    if (state.kind == StateKind::parameter || state.kind == StateKind::compute_copy)
      bytes += static_cast<double>(state.type.bytes());
  return bytes;
}

}  // namespace

nlohmann::json bench_load(const std::string& named, std::span<const std::string> sets) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  const auto begin = Clock::now();
  const ModelSource source = open_source(named, sets);
  const Config& config = source.config;
  const int64_t vocab =
      source.tokenizer ? source.tokenizer->vocab_size() : config.model.vocab.value_or(0);
  const auto device = make_device(config.device);
  double ready = 0, bytes = 0;
  const auto time = [&](auto& model, const Session& session) {
    ready = since(begin);
    bytes = parameter_bytes(session);
    model.load(*source.tensors);
  };
  if (shipped_models().of(config).generation) {
    Generator generator(shipped_models(), config, vocab, device,
                        {.rows = 1, .positions = 8, .prompt = 8});
    time(generator, generator.session());
  } else {
    const std::vector<int64_t> lengths{8};
    TextReader reader(shipped_models(), config, vocab, device, ReadingKind::encoding, lengths);
    time(reader, reader.session());
  }
  const double all = since(begin);
  fmt::print(
      "{:.3f} GB of parameters in place after {:.3f} s, {:.2f} GB/s; {:.3f} s of it went before the first was read\n",
      bytes / 1e9, all, bytes / 1e9 / all, ready);
  return {{"seconds", all},
          {"ready_s", ready},
          {"parameter_bytes", bytes},
          {"gbytes_per_s", bytes / 1e9 / all}};
}

}  // namespace tessera
