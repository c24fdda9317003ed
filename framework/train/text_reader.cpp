#include "framework/train/text_reader.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/assembly/assemble.h"
#include "framework/core/error.h"
#include "framework/train/held_state.h"
#include "framework/train/known_ids.h"

namespace tessera {
namespace {

/// Tokens that a graph reads at a time: enough that matrix products are fast, few enough that their
/// results stay near the cores.
constexpr int64_t kTokens = 1024;

}  // namespace

TextReader::TextReader(const Models& models, const Config& config, int64_t vocab,
                       const std::shared_ptr<Device>& device, ReadingKind kind,
                       std::span<const int64_t> lengths, Replica replica)
    : kind_(kind),
      context_(config.model.context),
      ids_(config.model.vocab.value_or(vocab)),
      replica_(std::move(replica)),
      sizes_(reading_sizes(lengths, context_, kTokens)),
      session_(compile_for(replica_, assemble_reading(models, config, vocab, kind, sizes_).program,
                           *device, config),
               device) {}

void TextReader::load(TensorSource& source) { load_parameters(session_, replica_.place(), source); }

void TextReader::read(std::span<const Text> texts, const Take& take) {
  std::vector<size_t> order(texts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return texts[a].tokens.size() < texts[b].tokens.size();
  });
  for (size_t begin = 0; begin < order.size();) {
    const auto length_of = [&](size_t i) {
      return padded_length(std::ssize(texts[order[i]].tokens), context_);
    };
    const auto size = std::find_if(sizes_.begin(), sizes_.end(), [&](const ReadingSize& s) {
      return s.length == length_of(begin);
    });
    check(size != sizes_.end(), "a text of {} tokens was not announced",
          texts[order[begin]].tokens.size());
    size_t end = begin;
    while (end < order.size() && std::cmp_less(end - begin, size->rows) &&
           length_of(end) == size->length)
      ++end;
    read_batch(*size, texts, std::span(order).subspan(begin, end - begin), take);
    begin = end;
  }
}

void TextReader::read_batch(const ReadingSize& size, std::span<const Text> texts,
                            std::span<const size_t> which, const Take& take) {
  const auto length = static_cast<size_t>(size.length);
  const size_t count = static_cast<size_t>(size.rows) * length;
  // Rows and tokens that pad are token 0, of weight 0.
  std::vector<int32_t> tokens(count), labels(count), positions(count),
      lengths(static_cast<size_t>(size.rows), 1);
  std::vector<float> weights(count);
  for (size_t i = 0; i < count; ++i) positions[i] = static_cast<int32_t>(i % length);
  for (size_t row = 0; row < which.size(); ++row) {
    const Text& text = texts[which[row]];
    require_known(text.tokens, ids_);
    require_known(text.labels, ids_);
    lengths[row] = static_cast<int32_t>(text.tokens.size());
    std::copy(text.tokens.begin(), text.tokens.end(),
              tokens.begin() + static_cast<ptrdiff_t>(row * length));
    for (size_t i = 0; i < text.labels.size(); ++i) {
      if (text.labels[i] < 0) continue;
      labels[row * length + i] = text.labels[i];
      weights[row * length + i] = 1;
    }
  }
  const std::string graph = size.graph();
  const auto upload = [&](const char* name, const auto& values) {
    for (const Graph& known : session_.compiled().program.graphs())
      if (known.name() == graph && known.find_input(name))
        session_.upload(session_.input(graph, name), values);
  };
  upload("tokens_in", tokens);
  upload("labels", labels);
  upload("weights", weights);
  upload("positions_in", positions);
  upload("lengths", lengths);
  upload("segments_in", std::vector<int32_t>(count));
  session_.run(graph);
  const auto made =
      session_.output<float>(graph, kind_ == ReadingKind::scoring ? "losses" : "hidden");
  const std::span<const float> values(made.begin(), made.end());
  const size_t width = values.size() / count;
  for (size_t row = 0; row < which.size(); ++row) {
    const auto own = values.subspan(row * length * width, texts[which[row]].tokens.size() * width);
    const auto broken = std::ranges::find_if(own, [](float x) { return !std::isfinite(x); });
    if (broken != own.end())
      user_error(
          "the model gives {} for a text: its weights are damaged, or its training had failed "
          "before they were written; fetch the files again, or name an earlier checkpoint",
          std::isnan(*broken) ? "nan" : "infinity");
    take(which[row], own);
  }
}

}  // namespace tessera
