#include "framework/data/corpus.h"

#include <algorithm>
#include <cmath>

#include "framework/core/error.h"

namespace tessera {
namespace {

std::string mark_text(const Tokenizer& tokenizer, int32_t id) {
  return id == SpecialTokens::kNone ? "nothing" : fmt::format("{} '{}'", id, tokenizer.token(id));
}

std::string marks_text(const TokenShards& shards) {
  return fmt::format("{} opens a document and {} closes it",
                     mark_text(shards.tokenizer(), shards.marks().opens),
                     mark_text(shards.tokenizer(), shards.marks().closes));
}

/// Weights as whole numbers with their proportions.
std::vector<uint64_t> whole_weights(const std::vector<double>& weights, double scale) {
  const auto room =
      static_cast<double>(Mixture::kMostWeight) / (2.0 * static_cast<double>(weights.size()));
  scale = std::min(scale, room / *std::ranges::max_element(weights));
  std::vector<uint64_t> whole;
  for (const double weight : weights)
    whole.push_back(static_cast<uint64_t>(std::max(1.0, std::round(weight * scale))));
  return whole;
}

}  // namespace

Corpus::Corpus(std::vector<CorpusSource> sources) : sources_(std::move(sources)) {
  check(!sources_.empty(), "a corpus without a source");
  for (size_t s = 1; s < sources_.size(); ++s) {
    const TokenShards &first = shards(0), &other = shards(s);
    require(first.tokenizer().fingerprint() == other.tokenizer().fingerprint(),
            "data.sources: {} holds ids of the tokenizer {}, and {} of another, {}; tokenize the "
            "text of one of them again with the other's (--tokenizer {})",
            first.folder().string(), first.tokenizer().description(), other.folder().string(),
            other.tokenizer().description(), first.folder().string());
    require(first.marks() == other.marks(),
            "data.sources: the documents are marked differently: in {}, {}; in {}, {}. Tokenize "
            "the text of one of them again with the marks of the other (--document-begin, "
            "--document-end)",
            first.folder().string(), marks_text(first), other.folder().string(), marks_text(other));
  }
}

std::string Corpus::identity() const {
  std::string text;
  for (size_t s = 0; s < sources_.size(); ++s)
    if (first_of_folder(s) == s) text += (s == 0 ? "" : "; ") + shards(s).identity();
  return text;
}

size_t Corpus::first_of_folder(size_t source) const {
  size_t first = 0;
  while (&shards(first) != &shards(source)) ++first;
  return first;
}

Mixture Corpus::mixture(std::span<const uint64_t> samples_per_epoch) const {
  check(samples_per_epoch.size() == sources_.size(), "{} sources", sources_.size());
  constexpr double kDecimals = 1e6;  // six decimals of a stated weight count
  const bool stated = sources_[0].weight.has_value();
  std::vector<double> weights;
  std::vector<Mixture::Source> mixed;
  for (size_t s = 0; s < sources_.size(); ++s) {
    const CorpusSource& source = sources_[s];
    const auto size = static_cast<double>(samples_per_epoch[s]);
    check(source.weight.has_value() == stated, "weights of some sources only");
    weights.push_back(source.weight.value_or(source.epochs.value_or(1) * size));
    mixed.push_back({.from = source.from, .until = source.until});
    if (!source.epochs) continue;
    mixed.back().most = static_cast<uint64_t>(*source.epochs * size);
    require(mixed.back().most > 0,
            "{}: {} epochs of {} samples are less than one sample; give it more epochs, or leave "
            "it out",
            shards(s).folder().string(), *source.epochs, samples_per_epoch[s]);
  }
  const std::vector<uint64_t> whole = whole_weights(weights, stated ? kDecimals : 1);
  for (size_t s = 0; s < mixed.size(); ++s) mixed[s].weight = whole[s];
  return Mixture(std::move(mixed));
}

}  // namespace tessera
