#include "framework/train/shared_completion.h"

#include "framework/train/packed_text.h"

namespace tessera {
namespace {

/// Prompts that a replica takes at a time, for each row: so many that rows seldom stand empty until
/// the others end, so few that results come soon.
constexpr int64_t kPromptsPerRow = 4;

std::string packed(const Completion& completion) {
  PackedText out;
  out.add_numbers(std::span(completion.ids));
  const auto end = static_cast<int32_t>(completion.end);
  out.add_numbers(std::span(&end, 1));
  std::vector<double> numbers{completion.score}, likeliest;
  std::vector<int32_t> ids;
  for (const Completion::Likelihood& made : completion.likelihoods) {
    numbers.push_back(made.logprob);
    for (const auto& [id, logprob] : made.likeliest) {
      ids.push_back(id);
      likeliest.push_back(logprob);
    }
  }
  out.add_numbers(std::span<const double>(numbers));
  out.add_numbers(std::span<const int32_t>(ids));
  out.add_numbers(std::span<const double>(likeliest));
  return std::move(out).text();
}

Completion unpacked(std::string text) {
  UnpackedText in(std::move(text));
  Completion out;
  out.ids = in.numbers<int32_t>();
  out.end = static_cast<Completion::End>(in.numbers<int32_t>().at(0));
  const auto numbers = in.numbers<double>();
  const auto ids = in.numbers<int32_t>();
  const auto likeliest = in.numbers<double>();
  out.score = numbers.at(0);
  const size_t made = numbers.size() - 1, each = made == 0 ? 0 : ids.size() / made;
  for (size_t t = 0; t < made; ++t) {
    Completion::Likelihood& own = out.likelihoods.emplace_back();
    own.logprob = numbers[t + 1];
    for (size_t i = t * each; i < (t + 1) * each; ++i)
      own.likeliest.emplace_back(ids[i], likeliest[i]);
  }
  return out;
}

}  // namespace

void complete_shared(Generator& generator, std::span<const std::vector<int32_t>> prompts,
                     const CompletionOptions& options, const CompletionEvents& events) {
  const auto rows = options.beams.beams > 1 ? 1 : generator.size().rows;
  const auto work = [&](std::span<const size_t> numbers, const GiveResult& give) {
    std::vector<std::vector<int32_t>> own;
    for (const size_t number : numbers) own.push_back(prompts[number]);
    CompletionEvents mine;
    if (events.made) mine.made = [&](size_t i, int32_t id) { return events.made(numbers[i], id); };
    if (events.stops)
      mine.stops = [&](size_t i, std::span<const int32_t> ids) {
        return events.stops(numbers[i], ids);
      };
    mine.done = [&](size_t i, const Completion& done) {
      give(numbers[i], packed(done));
      if (events.ended) events.ended(numbers[i]);
    };
    complete(generator, own, options, mine);
  };
  share_out(
      generator.replica(), prompts.size(), static_cast<size_t>(rows * kPromptsPerRow), work,
      [&](size_t number, std::string result) { events.done(number, unpacked(std::move(result))); });
}

}  // namespace tessera
