#include "framework/train/generator.h"

#include <algorithm>
#include <numeric>

#include "framework/assembly/assemble.h"
#include "framework/train/held_state.h"
#include "framework/train/known_ids.h"

namespace tessera {
namespace {

GenerationSize sized(GenerationSize size, const Config& config) {
  require(size.prompt <= config.model.context,
          "the prompt has {} tokens, the model's context holds {}: shorten the prompt", size.prompt,
          config.model.context);
  check(size.rows > 0 && size.prompt > 0, "generation of {} rows after prompts of {}", size.rows,
        size.prompt);
  size.window = config.model.window;
  size.positions = std::clamp(size.positions, size.prompt, config.model.context);
  return size;
}

int32_t narrow(int64_t x) { return static_cast<int32_t>(x); }

}  // namespace

Generator::Generator(const Models& models, const Config& config, int64_t vocab,
                     const std::shared_ptr<Device>& device, GenerationSize size, Replica replica)
    : config_(config),
      size_(sized(size, config)),
      ids_(config.model.vocab.value_or(vocab)),
      replica_(std::move(replica)),
      session_(compile_for(replica_, assemble_generation(models, config, vocab, size_).program,
                           *device, config),
               device) {}

void Generator::load(TensorSource& source) { load_parameters(session_, replica_.place(), source); }

HostValues<float> Generator::read(std::span<const int32_t> prompt) {
  check(!prompt.empty() && static_cast<int64_t>(prompt.size()) <= size_.prompt,
        "a prompt of {} tokens for a generator of up to {}", prompt.size(), size_.prompt);
  require_known(prompt, ids_);
  read_ = static_cast<int64_t>(prompt.size());
  first_ = 0;
  const int64_t cache = size_.prompt_cache();
  std::string graph;
  int64_t begin = 0;
  for (const int64_t length : prompt_blocks(read_)) {
    graph = block_graph(length);
    const int64_t count = std::min(length, read_ - begin);
    std::vector<int32_t> tokens(static_cast<size_t>(length), prompt[0]),
        positions(static_cast<size_t>(length));
    std::copy_n(prompt.begin() + begin, count, tokens.begin());
    // Nothing reads what is made behind the prompt; the model may know no positions there.
    for (int64_t i = 0; i < length; ++i)
      positions[static_cast<size_t>(i)] = narrow(std::min(begin + i, context() - 1));
    session_.upload(session_.input(graph, "tokens_in"), tokens);
    session_.upload(session_.input(graph, "positions_in"), positions);
    if (size_.latest()) {
      const int64_t shift = std::max<int64_t>(0, begin + length - cache - first_);
      std::vector<int32_t> kept(static_cast<size_t>(cache));
      for (int64_t i = 0; i < cache; ++i)
        kept[static_cast<size_t>(i)] = narrow(std::min(i + shift, cache - 1));
      session_.upload(session_.input(graph, "kept"), kept);
      first_ += shift;
    }
    const int32_t offset = narrow(begin - first_), last = narrow(count - 1);
    session_.upload(session_.input(graph, "offset"), std::span(&offset, 1));
    session_.upload(session_.input(graph, "last"), std::span(&last, 1));
    session_.run(graph);
    begin += count;
  }
  const auto made = session_.output<float>(graph, "hidden");
  const std::vector<float> hidden(made.begin(), made.end());
  session_.upload(session_.input("head", "hidden_in"), hidden);
  session_.run("head");
  return session_.output<float>("head", "logits");
}

void Generator::place(int64_t row) {
  if (size_.in_place()) return;
  const int32_t at = narrow(row);
  session_.upload(session_.input("place", "row"), std::span(&at, 1));
  if (size_.ring()) {
    // Place s of the ring holds the latest position that is s modulo its length.
    const int64_t ring = size_.decode_cache();
    std::vector<int32_t> kept(static_cast<size_t>(ring));
    for (int64_t s = 0; s < ring; ++s) {
      const int64_t position = s < read_ ? s + (read_ - 1 - s) / ring * ring : first_;
      kept[static_cast<size_t>(s)] = narrow(position - first_);
    }
    session_.upload(session_.input("place", "kept"), kept);
  }
  session_.run("place");
}

HostValues<float> Generator::decode(std::span<const int32_t> tokens,
                                    std::span<const int32_t> positions) {
  std::vector<int32_t> offsets(positions.begin(), positions.end());
  if (size_.ring()) {
    const int32_t ring = narrow(size_.decode_cache());
    std::vector<int32_t> lengths;
    for (int32_t& offset : offsets) {
      lengths.push_back(std::min(offset + 1, ring));
      offset %= ring;
    }
    session_.upload(session_.input("decode", "lengths"), lengths);
  }
  session_.upload(session_.input("decode", "tokens_in"), tokens);
  session_.upload(session_.input("decode", "positions_in"), positions);
  session_.upload(session_.input("decode", "offset"), offsets);
  session_.run("decode");
  return session_.output<float>("decode", "logits");
}

void Generator::reorder(std::span<const int32_t> rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == narrow(static_cast<int64_t>(i))) continue;
    session_.upload(session_.input("reorder", "rows"), rows);
    session_.run("reorder");
    return;
  }
}

}  // namespace tessera
