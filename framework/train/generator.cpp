#include "framework/train/generator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "framework/assembly/assemble.h"
#include "framework/core/random.h"
#include "framework/runtime/fit.h"

namespace tessera {
namespace {

constexpr int64_t kPromptBlock = 64;

Compiled compiled_generation(const Models& models, const Config& config, int64_t vocab,
                             const Device& device) {
  Compiled compiled =
      compile(assemble_generation(models, config, vocab, kPromptBlock).program, device);
  require_fits(compiled, device.profile().memory_bytes,
               static_cast<size_t>(config.device.reserve.bytes));
  return compiled;
}

}  // namespace

int32_t sample(std::span<const float> logits, const Sampling& sampling, int64_t position) {
  for (const float logit : logits)
    require(std::isfinite(logit),
            "the model gives {} where the likelihood of a token should be: its training had failed "
            "before this checkpoint was written; name an earlier one",
            logit);
  std::vector<int32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  const auto likelier = [&](int32_t a, int32_t b) {
    const float x = logits[static_cast<size_t>(a)], y = logits[static_cast<size_t>(b)];
    return x != y ? x > y : a < b;
  };
  if (sampling.temperature <= 0) return *std::min_element(order.begin(), order.end(), likelier);
  std::sort(order.begin(), order.end(), likelier);
  if (sampling.top_k > 0) order.resize(std::min(order.size(), static_cast<size_t>(sampling.top_k)));
  std::vector<double> weights;
  double total = 0;
  for (int32_t id : order) {
    weights.push_back(std::exp(static_cast<double>(logits[static_cast<size_t>(id)] -
                                                   logits[static_cast<size_t>(order[0])]) /
                               sampling.temperature));
    total += weights.back();
  }
  double held = 0;
  size_t keep = 0;
  while (keep < weights.size() && (keep == 0 || held < sampling.top_p * total))
    held += weights[keep++];
  double at = static_cast<double>(
                  Random(sampling.seed, "generate").uniform(static_cast<uint64_t>(position), 0)) *
              held;
  for (size_t i = 0; i < keep; ++i) {
    at -= weights[i];
    if (at < 0) return order[i];
  }
  return order[keep - 1];
}

Generator::Generator(const Models& models, const Config& config, int64_t vocab,
                     const std::shared_ptr<Device>& device)
    : config_(config), session_(compiled_generation(models, config, vocab, *device), device) {}

void Generator::load(TensorSource& source) {
  for (const State& state : session_.compiled().program.states()) {
    if (state.kind != StateKind::parameter) continue;
    require(source.contains(state.name) && source.type(state.name) == state.type,
            "{} does not hold this model: '{}' should be {}", source.title(), state.name,
            to_string(state.type));
    session_.fill<std::byte>(session_.state(state.name), [&](std::span<std::byte> bytes) {
      source.read(state.name, Box::whole(state.type.shape), bytes.data());
    });
  }
  for (const Graph& graph : session_.compiled().program.graphs())
    if (graph.name() == "refresh") session_.run("refresh");
}

void Generator::place(std::string_view graph, int32_t offset, int32_t last) {
  session_.upload(session_.input(graph, "offset"), std::span(&offset, 1));
  session_.upload(session_.input(graph, "last"), std::span(&last, 1));
}

HostValues<float> Generator::prefill(std::span<const int32_t> prompt) {
  for (size_t begin = 0; begin < prompt.size(); begin += kPromptBlock) {
    const size_t count = std::min<size_t>(kPromptBlock, prompt.size() - begin);
    std::array<int32_t, kPromptBlock> tokens;
    tokens.fill(prompt[0]);
    std::copy_n(prompt.begin() + static_cast<std::ptrdiff_t>(begin), count, tokens.begin());
    session_.upload(session_.input("prefill", "tokens_in"), tokens);
    place("prefill", static_cast<int32_t>(begin), static_cast<int32_t>(count) - 1);
    session_.run("prefill");
  }
  return session_.output<float>("prefill", "logits");
}

HostValues<float> Generator::decode(int32_t token, int64_t position) {
  session_.upload(session_.input("decode", "tokens_in"), std::span(&token, 1));
  place("decode", static_cast<int32_t>(position), 0);
  session_.run("decode");
  return session_.output<float>("decode", "logits");
}

std::vector<int32_t> Generator::run(std::span<const int32_t> prompt, int64_t most,
                                    const Sampling& sampling, int64_t usable,
                                    const std::function<bool(int32_t)>& next) {
  require(!prompt.empty(), "a prompt needs one token at least");
  require(static_cast<int64_t>(prompt.size()) <= config_.model.context,
          "the prompt has {} tokens, the model's context holds {}: shorten the prompt",
          prompt.size(), config_.model.context);
  std::vector<int32_t> made;
  HostValues<float> logits = prefill(prompt);
  while (static_cast<int64_t>(made.size()) < most) {
    const int64_t position = static_cast<int64_t>(prompt.size() + made.size());
    made.push_back(sample(
        std::span<const float>(logits).first(std::min(logits.size(), static_cast<size_t>(usable))),
        sampling, position));
    if ((next && !next(made.back())) || position >= config_.model.context) break;
    if (static_cast<int64_t>(made.size()) < most) logits = decode(made.back(), position);
  }
  return made;
}

}  // namespace tessera
