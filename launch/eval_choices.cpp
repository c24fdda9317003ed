// Questions with choices, as lines of JSON. Tokens are cut and figures counted as lm_eval does for
// its tasks of output_type multiple_choice.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/chat/python_text.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/train/shared_reading.h"
#include "launch/eval_text.h"

namespace tessera {
namespace {

struct Question {
  std::string context;
  std::vector<std::string> choices;
  size_t answer = 0;
};

struct Candidate {
  std::vector<int32_t> ids, labels;
};

Question question_of(const std::string& line, const std::string& where) {
  const nlohmann::json json = parse_json_object(line, where);
  Question question{json_text(json_member(json, "context", where), where + ": context"), {}, 0};
  for (const auto& choice : json_list(json_member(json, "choices", where), where + ": choices"))
    question.choices.push_back(json_text(choice, where + ": choices"));
  require(!question.choices.empty(), "{}: there are no choices", where);
  question.answer =
      static_cast<size_t>(json_count(json_member(json, "answer", where), where + ": answer"));
  require(question.answer < question.choices.size(),
          "{}: the answer is {}, and choices are numbered from 0 to {}", where, question.answer,
          question.choices.size() - 1);
  for (const std::string& choice : question.choices)
    require(!choice.empty(), "{}: a choice is empty", where);
  return question;
}

std::vector<Question> read_questions(const std::string& file) {
  std::ifstream in(file);
  require(in.good(), "{}: cannot read", file);
  std::vector<Question> questions;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number)
    if (!chat::strip(line, chat::Side::both).empty())
      questions.push_back(question_of(line, fmt::format("{}, line {}", file, number)));
  return questions;
}

/// The choice behind its context: the context's ids are those that it has by itself, without the
/// spaces at its end, and the choice has the rest.
Candidate candidate_of(const Question& question, const std::string& choice, Encoder& encoder,
                       const ModelSource& source) {
  const auto encoded = [&](const std::string& text, bool opened) {
    std::vector<int32_t> ids;
    if (opened && source.marks.opened()) ids.push_back(source.marks.opens);
    encoder.encode(text, {}, ids);
    return ids;
  };
  const size_t kept = chat::strip(question.context, chat::Side::right).size();
  const std::string context = question.context.substr(0, kept);
  Candidate made;
  size_t before = 0;
  if (question.context.empty()) {
    const int32_t first = source.marks.opened() ? source.marks.opens : source.marks.closes;
    require(first >= 0, "a context is empty, and this model has no token that begins a text");
    made.ids = encoded(choice, false);
    made.ids.insert(made.ids.begin(), first);
    before = 1;
  } else {
    made.ids = encoded(question.context + choice, true);
    before = encoded(context, true).size();
  }
  require(before > 0 && made.ids.size() > before,
          "a context or a choice has no token of its own, near '{}'", choice);
  const auto most = static_cast<size_t>(source.config.model.context) + 1;
  require(made.ids.size() - before < most, "a choice of {} tokens does not fit into the context",
          made.ids.size() - before);
  const size_t cut = made.ids.size() > most ? made.ids.size() - most : 0;
  made.ids.erase(made.ids.begin(), made.ids.begin() + static_cast<ptrdiff_t>(cut));
  before -= std::min(cut, before - 1);
  made.labels.assign(made.ids.begin() + 1, made.ids.end());
  std::fill_n(made.labels.begin(), before - 1, -1);
  made.ids.pop_back();
  return made;
}

size_t likeliest(std::span<const double> scores) {
  return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace

bool holds_choices(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in.good() || !std::getline(in, line) || !line.starts_with('{')) return false;
  return nlohmann::json::parse(line, nullptr, false).contains("choices");
}

int eval_choices(const ModelOnMesh& model, const std::string& file, const Arguments& given) {
  const ModelSource& source = model.source;
  std::vector<Question> questions;
  std::vector<std::vector<int32_t>> ids, labels;
  if (model.replica.leads()) {
    questions = read_questions(file);
    const std::string between = given.text("between", " ");
    Encoder encoder(source.require_tokenizer());
    for (const Question& question : questions)
      for (const std::string& choice : question.choices) {
        Candidate made = candidate_of(question, between + choice, encoder, source);
        ids.push_back(std::move(made.ids));
        labels.push_back(std::move(made.labels));
      }
  }
  ids = model.replica.share_lists(std::move(ids));
  labels = model.replica.share_lists(std::move(labels));
  std::vector<TextReader::Text> texts;
  for (size_t i = 0; i < ids.size(); ++i) texts.push_back({ids[i], labels[i]});
  SharedReader reader({shipped_models(), model.config, source.require_tokenizer()->vocab_size(),
                       model.device, model.replica, ReadingKind::scoring},
                      *source.tensors, texts);
  std::vector<double> likelihoods(texts.size());
  reader.read<double>(sum_of, [&](size_t text, const std::vector<double>& made) {
    likelihoods[text] = -made.at(0);
  });
  if (!model.replica.leads()) return 0;
  int64_t right = 0, by_characters = 0, by_bytes = 0;
  size_t at = 0;
  for (const Question& question : questions) {
    const size_t count = question.choices.size();
    const std::span<const double> own = std::span(likelihoods).subspan(at, count);
    std::vector<double> characters(count), bytes(count);
    for (size_t c = 0; c < count; ++c) {
      characters[c] = own[c] / static_cast<double>(chat::text_length(question.choices[c]));
      bytes[c] = own[c] / static_cast<double>(question.choices[c].size());
    }
    right += likeliest(own) == question.answer;
    by_characters += likeliest(characters) == question.answer;
    by_bytes += likeliest(bytes) == question.answer;
    at += count;
  }
  const auto share = [&](int64_t hits) {
    return static_cast<double>(hits) / static_cast<double>(questions.size());
  };
  const nlohmann::ordered_json json{
      {"source", source.place.string()},  {"file", file},
      {"questions", questions.size()},    {"acc", share(right)},
      {"acc_norm", share(by_characters)}, {"acc_bytes", share(by_bytes)}};
  if (given.has("json")) {
    fmt::print("{}\n", json.dump());
  } else {
    fmt::print("{} questions\n{:<16} {:.5f}\n{:<16} {:.5f}\n{:<16} {:.5f}\n", questions.size(),
               "acc", share(right), "acc_norm", share(by_characters), "acc_bytes", share(by_bytes));
  }
  return 0;
}

}  // namespace tessera
