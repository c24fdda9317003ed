#include "launch/eval_text.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/data/whole_documents.h"
#include "framework/train/scoring_windows.h"
#include "framework/train/shared_reading.h"
#include "launch/document_marks.h"
#include "launch/reading_options.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

/// The ids of every document, the opening mark included.
std::vector<std::vector<int32_t>> documents_of(const ModelSource& source, const std::string& file,
                                               const Arguments& given) {
  Encoder encoder(source.require_tokenizer());
  constexpr const char* kBegin = "document-begin";
  const int32_t opens =
      given.has(kBegin) ? document_mark(given.text(kBegin), *source.tokenizer, "--document-begin")
                        : source.marks.opens;
  std::vector<std::vector<int32_t>> documents;
  const uint64_t broken = for_each_document(list_source_files({file}, {}, false),
                                            reading_options(given), [&](const std::string& text) {
                                              std::vector<int32_t>& ids = documents.emplace_back();
                                              if (opens != SpecialTokens::kNone)
                                                ids.push_back(opens);
                                              encoder.encode(text, {}, ids);
                                            });
  if (broken > 0) fmt::print(stderr, "left out: {} broken records\n", broken);
  return documents;
}

}  // namespace

void print_figures(const nlohmann::ordered_json& json, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", json.dump());
    return;
  }
  for (const auto& [name, value] : json.items())
    fmt::print("{:<16} {}\n", name,
               value.is_number_float() ? number_text(value.get<double>(), "{:.5f}")
               : value.is_string()     ? value.get<std::string>()
                                       : value.dump());
}

std::vector<Option> eval_text_options() {
  return {{"length", "N", "tokens of a window (default: the model's context)"},
          {"stride", "N", "tokens from one window to the next (default: half a window)"},
          {"document-begin", "TOKEN",
           "the token that opens each text, or #ID, or none (default: the model's own, if any)"},
          {"between", "TEXT", "what stands between a question and a choice (default: a space)"},
          kFormatOption,
          kTextOption,
          kColumnOption,
          kSkipBrokenOption,
          kSkipUnreadableOption};
}

int eval_text(const ModelOnMesh& model, const std::string& file, const Arguments& given) {
  const ModelSource& source = model.source;
  const Config& config = model.config;
  const int64_t length = given.integer("length", config.model.context, 1);
  require(length <= config.model.context,
          "--length: the model's context holds {} tokens, and a window of {} does not fit",
          config.model.context, length);
  const int64_t stride = given.integer("stride", std::max(length / 2, int64_t{1}), 1);
  require(stride <= length, "--stride: {} is more than a window of {} tokens scores", stride,
          length);
  std::vector<std::vector<int32_t>> documents;
  if (model.replica.leads()) documents = documents_of(source, file, given);
  documents = model.replica.share_lists(std::move(documents));

  std::vector<TextReader::Text> texts;
  std::vector<std::vector<int32_t>> labels;
  std::vector<int32_t> scored;
  for (const auto& ids : documents)
    for (const ScoringWindow& w :
         scoring_windows(ids.size(), static_cast<size_t>(length), static_cast<size_t>(stride))) {
      auto& own = labels.emplace_back(w.end - w.begin - 1, -1);
      std::copy(ids.begin() + static_cast<ptrdiff_t>(w.scored),
                ids.begin() + static_cast<ptrdiff_t>(w.end),
                own.begin() + static_cast<ptrdiff_t>(w.scored - w.begin - 1));
      scored.insert(scored.end(), ids.begin() + static_cast<ptrdiff_t>(w.scored),
                    ids.begin() + static_cast<ptrdiff_t>(w.end));
      texts.push_back({std::span(ids).subspan(w.begin, w.end - w.begin - 1), {}});
    }
  require(!texts.empty(), "{} holds no two tokens of text: there is nothing to measure", file);
  for (size_t i = 0; i < texts.size(); ++i) texts[i].labels = labels[i];

  SharedReader reader({shipped_models(), config, source.require_tokenizer()->vocab_size(),
                       model.device, model.replica, ReadingKind::scoring},
                      *source.tensors, texts);
  std::vector<double> of_text(texts.size());
  reader.read<double>(
      sum_of, [&](size_t text, const std::vector<double>& made) { of_text[text] = made.at(0); });
  if (!model.replica.leads()) return 0;
  const double sum = std::accumulate(of_text.begin(), of_text.end(), 0.0);
  const double loss = sum / static_cast<double>(scored.size());
  const uint64_t bytes = source.tokenizer->byte_count(scored);
  nlohmann::ordered_json json{{"source", source.place.string()},
                              {"file", file},
                              {"documents", documents.size()},
                              {"tokens", scored.size()},
                              {"bytes", bytes},
                              {"window", length},
                              {"stride", stride},
                              {"loss", to_json_number(loss)},
                              {"perplexity", to_json_number(std::exp(loss))}};
  if (bytes > 0)
    json["bits_per_byte"] = to_json_number(sum / std::numbers::ln2 / static_cast<double>(bytes));
  print_figures(json, given.has("json"));
  require(std::isfinite(loss), "{}: the loss is {}: this model computes no number for this text",
          source.place.string(), number_text(loss, "{}"));
  return 0;
}

}  // namespace tessera
