#include "framework/train/completion.h"

#include <algorithm>
#include <optional>

namespace tessera {
namespace {

bool is_end(const CompletionOptions& options, int32_t id) {
  return std::ranges::find(options.ends, id) != options.ends.end();
}

/// The most tokens that a prompt can be continued by: the last one made is never read.
int64_t room(const Generator& generator, size_t prompt) {
  return generator.context() - static_cast<int64_t>(prompt) + 1;
}

Completion::End end_of(const CompletionOptions& options, int32_t last, bool stopped,
                       int64_t length) {
  if (is_end(options, last)) return Completion::End::token;
  if (stopped) return Completion::End::stop;
  return length >= options.most ? Completion::End::length : Completion::End::context;
}

Completion::Likelihood likelihood_of(std::span<const float> logits, int32_t id, int64_t count) {
  const double all = log_sum_exp(logits);
  const auto logprob = [&](int32_t i) {
    return static_cast<double>(logits[static_cast<size_t>(i)]) - all;
  };
  Completion::Likelihood out{logprob(id), {}};
  for (const int32_t i : greatest(logits, count)) out.likeliest.emplace_back(i, logprob(i));
  return out;
}

/// A text that is being made in a row.
struct Row {
  size_t number = 0;  // of its prompt
  size_t prompt = 0;  // tokens of it
  std::vector<int32_t> text;
  uint64_t key = 0;
  Completion completion;
};

class Draws {
 public:
  Draws(Generator& generator, const CompletionOptions& options, const CompletionEvents& events)
      : generator_(generator),
        options_(options),
        events_(events),
        rows_(static_cast<size_t>(generator.size().rows)) {}

  void run(std::span<const std::vector<int32_t>> prompts) {
    size_t next = 0;
    while (true) {
      for (size_t r = 0; r < rows_.size(); ++r)
        while (!rows_[r] && next < prompts.size()) {
          begin(r, next, prompts[next]);
          ++next;
        }
      if (std::ranges::none_of(rows_, [](const auto& row) { return row.has_value(); })) return;
      decode();
    }
  }

 private:
  std::span<const float> usable(std::span<const float> logits) const {
    return logits.first(std::min(logits.size(), static_cast<size_t>(options_.usable)));
  }

  void begin(size_t r, size_t number, const std::vector<int32_t>& prompt) {
    rows_[r] = Row{number, prompt.size(), prompt, draw_key(options_.sampling.seed, prompt), {}};
    if (options_.most == 0) return finish(r, false);
    const auto logits = generator_.read(prompt);
    extend(r, usable(logits));
    if (rows_[r]) generator_.place(static_cast<int64_t>(r));
  }

  void decode() {
    std::vector<int32_t> tokens(rows_.size(), 0), positions(rows_.size(), 0);
    for (size_t r = 0; r < rows_.size(); ++r) {
      if (!rows_[r]) continue;
      tokens[r] = rows_[r]->text.back();
      positions[r] = static_cast<int32_t>(rows_[r]->text.size() - 1);
    }
    const auto logits = generator_.decode(tokens, positions);
    const std::span<const float> all(logits);
    const size_t vocab = all.size() / rows_.size();
    for (size_t r = 0; r < rows_.size(); ++r)
      if (rows_[r]) extend(r, usable(all.subspan(r * vocab, vocab)));
  }

  /// Adds the token that these logits give.
  void extend(size_t r, std::span<const float> logits) {
    Row& row = *rows_[r];
    require_finite(logits);
    std::span<const float> scores = logits;
    if (options_.rules.changes_scores()) {
      changed_.assign(logits.begin(), logits.end());
      apply(options_.rules, row.text, row.prompt, options_.ends, changed_);
      scores = changed_;
    }
    const int32_t id =
        sample(scores, options_.sampling, row.key, static_cast<int64_t>(row.text.size()));
    row.text.push_back(id);
    row.completion.ids.push_back(id);
    if (options_.logprobs >= 0)
      row.completion.likelihoods.push_back(likelihood_of(logits, id, options_.logprobs));
    const auto made = static_cast<int64_t>(row.completion.ids.size());
    const bool stopped = events_.made && !events_.made(row.number, id);
    if (is_end(options_, id) || stopped ||
        made >= std::min(options_.most, room(generator_, row.prompt)))
      finish(r, stopped);
  }

  void finish(size_t r, bool stopped) {
    Row row = std::move(*rows_[r]);
    rows_[r].reset();
    if (!row.completion.ids.empty())
      row.completion.end = end_of(options_, row.completion.ids.back(), stopped,
                                  static_cast<int64_t>(row.completion.ids.size()));
    events_.done(row.number, std::move(row.completion));
  }

  Generator& generator_;
  const CompletionOptions& options_;
  const CompletionEvents& events_;
  std::vector<std::optional<Row>> rows_;
  std::vector<float> changed_;  // scores after the rules
};

/// The log-probabilities of the next token of every beam, changed by the rules.
std::vector<float> beam_scores(std::span<const float> logits, size_t vocab,
                               const std::vector<int32_t>& prompt,
                               const std::vector<BeamSearch::Text>& beams,
                               const CompletionOptions& options) {
  std::vector<float> out;
  for (size_t b = 0; b < beams.size(); ++b) {
    // Before the first step all beams share the prompt's logits.
    auto own = logits.size() == vocab ? logits : logits.subspan(b * vocab, vocab);
    own = own.first(std::min(vocab, static_cast<size_t>(options.usable)));
    require_finite(own);
    const double all = log_sum_exp(own);
    const size_t begin = out.size();
    for (const float x : own) out.push_back(static_cast<float>(static_cast<double>(x) - all));
    if (!options.rules.changes_scores()) continue;
    std::vector<int32_t> text = prompt;
    text.insert(text.end(), beams[b].ids.begin(), beams[b].ids.end());
    apply(options.rules, text, prompt.size(), options.ends, std::span(out).subspan(begin));
  }
  return out;
}

Completion beam_search(Generator& generator, size_t number, const std::vector<int32_t>& prompt,
                       const CompletionOptions& options, const CompletionEvents& events) {
  const int64_t most = std::min(options.most, room(generator, prompt.size()));
  bool stopped = false;
  const auto stops = [&](std::span<const int32_t> ids) {
    return events.stops && events.stops(number, ids);
  };
  BeamSearch search(options.beams, most, options.ends.size(), [&](std::span<const int32_t> ids) {
    return is_end(options, ids.back()) || stops(ids);
  });
  size_t vocab = 0;
  std::vector<float> scores;
  {
    const auto logits = generator.read(prompt);
    const std::span<const float> all(logits);
    vocab = all.size();
    scores = beam_scores(all, vocab, prompt, search.running(), options);
  }
  for (int64_t row = 0; row < options.beams.beams; ++row) generator.place(row);
  while (search.step(scores)) {
    generator.reorder(search.parents());
    std::vector<int32_t> tokens, positions;
    for (const BeamSearch::Text& text : search.running()) {
      tokens.push_back(text.ids.back());
      positions.push_back(static_cast<int32_t>(prompt.size() + text.ids.size() - 1));
    }
    const auto logits = generator.decode(tokens, positions);
    scores = beam_scores(logits, vocab, prompt, search.running(), options);
  }
  const BeamSearch::Text& best = search.ended().front();
  Completion out;
  out.ids = best.ids;
  out.score = static_cast<double>(best.score);
  stopped = !out.ids.empty() && stops(out.ids);
  if (!out.ids.empty())
    out.end = end_of(options, out.ids.back(), stopped, static_cast<int64_t>(out.ids.size()));
  return out;
}

}  // namespace

std::string_view to_string(Completion::End end) {
  switch (end) {
    case Completion::End::token:
      return "end";
    case Completion::End::stop:
      return "stop";
    case Completion::End::length:
      return "length";
    case Completion::End::context:
      return "context";
  }
  internal_error("unknown end of a text");
}

void complete(Generator& generator, std::span<const std::vector<int32_t>> prompts,
              const CompletionOptions& options, const CompletionEvents& events) {
  for (const auto& prompt : prompts) require(!prompt.empty(), "a prompt needs one token at least");
  if (options.beams.beams == 1 || options.most == 0)
    return Draws(generator, options, events).run(prompts);
  check(generator.size().rows == options.beams.beams && generator.size().reorders,
        "a generator of {} rows for {} beams", generator.size().rows, options.beams.beams);
  for (size_t i = 0; i < prompts.size(); ++i)
    events.done(i, beam_search(generator, i, prompts[i], options, events));
}

}  // namespace tessera
