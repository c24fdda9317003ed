#include "framework/train/shared_reading.h"

#include <algorithm>
#include <numeric>

namespace tessera {
namespace {

/// Texts that a replica takes at a time: about as many as have kTokens tokens, so that no rank waits
/// long for the others, and memory stays small.
constexpr size_t kTokens = size_t{1} << 19, kMostTexts = 4096, kFewestTexts = 64;

size_t texts_at_a_time(size_t longest) {
  return std::clamp(kTokens / std::max<size_t>(longest, 1), kFewestTexts, kMostTexts);
}

}  // namespace

SharedReader::SharedReader(const SharedReading& reading, TensorSource& source,
                           std::span<const TextReader::Text> texts)
    : replica_(reading.replica), texts_(texts), order_(texts.size()) {
  // Neighbours in this order go to different replicas, so that each gets as long texts as the others.
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::ranges::stable_sort(
      order_, [&](size_t a, size_t b) { return texts[a].tokens.size() < texts[b].tokens.size(); });
  std::vector<int64_t> lengths;
  for (auto i = static_cast<size_t>(replica_.number()); i < order_.size();
       i += static_cast<size_t>(replica_.count()))
    lengths.push_back(std::ssize(texts[order_[i]].tokens));
  if (lengths.empty()) return;
  reader_.emplace(reading.models, reading.config, reading.vocab, reading.device, reading.kind,
                  lengths, replica_);
  reader_->load(source);
}

void SharedReader::read_packed(const std::function<std::string(std::span<const float> values)>& of,
                               const GiveResult& take) {
  const auto work = [&](std::span<const size_t> numbers, const GiveResult& give) {
    std::vector<TextReader::Text> own;
    for (const size_t i : numbers) own.push_back(texts_[order_[i]]);
    reader_->read(own, [&](size_t i, std::span<const float> values) {
      give(numbers[i], replica_.speaks() ? of(values) : "");
    });
  };
  const size_t longest = order_.empty() ? 0 : texts_[order_.back()].tokens.size();
  share_out(replica_, texts_.size(), texts_at_a_time(longest), work,
            [&](size_t i, std::string made) { take(order_[i], std::move(made)); });
}

std::vector<double> sum_of(std::span<const float> values) {
  return {std::accumulate(values.begin(), values.end(), 0.0)};
}

}  // namespace tessera
