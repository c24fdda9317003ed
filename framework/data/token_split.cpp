#include "framework/data/token_split.h"

#include <algorithm>
#include <optional>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace tessera {
namespace {

constexpr uint64_t kFewestHeldOut = 4;  // documents; fewer say little about the rest

/// Documents in a fixed random order are held out until the target is met; nullopt when they cannot
/// meet it.
std::optional<std::vector<bool>> choose_documents(const TokenShards& shards, uint64_t target) {
  const uint64_t n = shards.document_count();
  const Random random(0, "data.held_out");
  std::vector<std::pair<uint64_t, uint64_t>> order(n);
  for (uint64_t d = 0; d < n; ++d) order[d] = {random.bits(0, d), d};
  std::sort(order.begin(), order.end());
  std::vector<bool> held_out(n);
  uint64_t tokens = 0, documents = 0;
  for (const auto& [key, d] : order) {
    if (tokens >= target - target / 10) break;
    const uint64_t size = shards.document_begin(d + 1) - shards.document_begin(d);
    if (tokens + size > target + target / 10) continue;
    held_out[d] = true;
    tokens += size;
    ++documents;
  }
  const bool honoured = tokens >= target - target / 4 && documents < n;
  if (!honoured || documents < kFewestHeldOut) return std::nullopt;
  return held_out;
}

}  // namespace

void TokenPart::add(uint64_t document, uint64_t begin, uint64_t end) {
  check(begin < end && (spans_.empty() || spans_.back().end <= begin), "pieces out of order");
  const bool joins =
      !spans_.empty() && spans_.back().end == begin && begin == shards_->document_begin(document);
  if (joins) {
    spans_.back().end = end;
  } else {
    spans_.push_back({.begin = begin,
                      .end = end,
                      .position = token_count_,
                      .first_document = document,
                      .first_piece = piece_count_});
  }
  token_count_ += end - begin;
  ++piece_count_;
}

const TokenPart::Span& TokenPart::span_at(uint64_t position) const {
  check(position < token_count_, "position {} of {}", position, token_count_);
  const auto after =
      std::upper_bound(spans_.begin(), spans_.end(), position,
                       [](uint64_t value, const Span& span) { return value < span.position; });
  return *std::prev(after);
}

TokenPart::Piece TokenPart::piece_of(const Span& span, uint64_t document) const {
  const uint64_t document_begin = shards_->document_begin(document);
  const uint64_t document_end = shards_->document_begin(document + 1);
  const uint64_t begin = std::max(span.begin, document_begin);
  const uint64_t end = std::min(span.end, document_end);
  return {.document = document,
          .begin = span.position + (begin - span.begin),
          .end = span.position + (end - span.begin),
          .first_token = begin,
          .starts_document = begin == document_begin,
          .ends_document = end == document_end};
}

TokenPart::Piece TokenPart::piece(uint64_t index) const {
  check(index < piece_count_, "piece {} of {}", index, piece_count_);
  const auto after =
      std::upper_bound(spans_.begin(), spans_.end(), index,
                       [](uint64_t value, const Span& span) { return value < span.first_piece; });
  const Span& span = *std::prev(after);
  return piece_of(span, span.first_document + (index - span.first_piece));
}

TokenPart::Piece TokenPart::piece_at(uint64_t position) const {
  const Span& span = span_at(position);
  return piece_of(span, shards_->document_at(span.begin + (position - span.position)));
}

void TokenPart::read(uint64_t position, std::span<int32_t> ids) const {
  while (!ids.empty()) {
    const Span& span = span_at(position);
    const uint64_t first = span.begin + (position - span.position);
    const size_t n = std::min<uint64_t>(ids.size(), span.end - first);
    shards_->read(first, ids.first(n));
    ids = ids.subspan(n);
    position += n;
  }
}

TokenSplit split_tokens(const std::shared_ptr<const TokenShards>& shards, double fraction) {
  require(fraction >= 0 && fraction < 1,
          "the held-out fraction is {}; it must be at least 0 and less than 1", fraction);
  TokenSplit split{.train = TokenPart(shards), .validation = TokenPart(shards)};
  const auto part_of = [fraction](uint64_t tokens) {
    return static_cast<uint64_t>(fraction * static_cast<double>(tokens));
  };
  const uint64_t target = part_of(shards->token_count());
  std::optional<std::vector<bool>> held_out;
  if (fraction == 0) {
    held_out.emplace(shards->document_count());
  } else {
    held_out = choose_documents(*shards, target);
  }
  for (uint64_t d = 0; d < shards->document_count(); ++d) {
    const uint64_t begin = shards->document_begin(d), end = shards->document_begin(d + 1);
    if (held_out) {
      ((*held_out)[d] ? split.validation : split.train).add(d, begin, end);
      continue;
    }
    // The tails are differences of a running product, so that the roundings do not add up.
    const uint64_t tail = std::min(part_of(end) - part_of(begin), end - begin);
    if (end - tail > begin) split.train.add(d, begin, end - tail);
    if (tail > 0) split.validation.add(d, end - tail, end);
  }
  require(
      split.train.token_count() > 0 && (fraction == 0 || split.validation.token_count() > 0),
      "{}: {} tokens are too few to hold out a fraction of {}; tokenize more text or change the "
      "fraction",
      shards->folder().string(), shards->token_count(), fraction);
  return split;
}

}  // namespace tessera
