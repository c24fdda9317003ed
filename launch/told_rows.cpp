#include "launch/told_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

std::vector<std::string> parts_of(std::string text) {
  UnpackedText in(std::move(text));
  std::vector<std::string> parts;
  while (!in.ended()) parts.push_back(in.next());
  return parts;
}

/// A row as one text: the number of its label, then its texts.
std::string packed(int32_t label, const std::vector<std::string>& texts) {
  PackedText out;
  out.add_numbers(std::span<const int32_t>(&label, 1));
  for (const std::string& text : texts) out.add(text);
  return std::move(out).text();
}

TextsToTell unpacked_row(std::string row) {
  UnpackedText in(std::move(row));
  TextsToTell out{.texts = {}, .label = std::max(in.numbers<int32_t>().at(0), 0)};
  while (!in.ended()) out.texts.push_back(in.next());
  return out;
}

std::string packed(const ToldLabel& told) {
  PackedText out;
  out.add_numbers(std::span(&told.label, 1));
  out.add_numbers(std::span(&told.loss, 1));
  out.add_numbers(std::span<const float>(told.probabilities));
  return std::move(out).text();
}

ToldLabel unpacked_label(std::string text) {
  UnpackedText in(std::move(text));
  ToldLabel told;
  told.label = in.numbers<int32_t>().at(0);
  told.loss = in.numbers<float>().at(0);
  told.probabilities = in.numbers<float>();
  return told;
}

/// Tells the labels of rows that all ranks have, and gives them at rank 0, in the order of the
/// rows.
std::vector<ToldLabel> told_of(Predictor& predictor, const Replica& replica,
                               const std::vector<std::string>& rows) {
  std::vector<ToldLabel> out(replica.leads() ? rows.size() : 0);
  share_out(
      replica, rows.size(), static_cast<size_t>(predictor.rows()),
      [&](std::span<const size_t> numbers, const GiveResult& give) {
        std::vector<TextsToTell> texts;
        for (const size_t number : numbers) texts.push_back(unpacked_row(rows[number]));
        const std::vector<ToldLabel> told = predictor.tell(texts);
        for (size_t i = 0; i < told.size(); ++i) give(numbers[i], packed(told[i]));
      },
      [&](size_t row, std::string told) { out[row] = unpacked_label(std::move(told)); });
  return out;
}

}  // namespace

RowsToTell::RowsToTell(const std::string& file, const TaskConfig& task, bool for_figures)
    : table_(file),
      task_(task),
      for_figures_(for_figures),
      labelled_(for_figures || table_.has(task.label)) {
  std::vector<std::string> columns = task_.text;
  if (labelled_) columns.push_back(task_.label);
  table_.select(columns);
}

int32_t RowsToTell::number_of(const std::string& label) const {
  const auto found = std::ranges::find(task_.labels, label);
  if (found != task_.labels.end()) return static_cast<int32_t>(found - task_.labels.begin());
  require(
      !for_figures_,
      "{}, line {}: the model does not know the label '{}'; it knows {}: leave such rows out, or "
      "call their label as the model does",
      table_.name(), table_.line(), label, fmt::join(task_.labels, ", "));
  return kUnknown;
}

std::string RowsToTell::next(size_t most, std::vector<int32_t>& truths) {
  PackedText rows;
  std::vector<std::string> fields;
  for (size_t row = 0; row < most && table_.next(fields); ++row) {
    truths.push_back(labelled_ ? number_of(fields.back()) : kUnknown);
    if (labelled_) fields.pop_back();
    rows.add(packed(truths.back(), fields));
  }
  return std::move(rows).text();
}

void Score::add(int32_t truth, const ToldLabel& told) {
  if (truth == RowsToTell::kUnknown) {
    ++unknown_;
    return;
  }
  figures_.add(truth, told.label);
  losses_ += static_cast<double>(told.loss);
  ++known_;
}

ToldRows tell_rows(Predictor& predictor, const Replica& replica, RowsToTell* rows,
                   const std::string& file, const std::function<void(const ToldLabel&)>& take,
                   const std::function<void()>& flush) {
  const auto most = static_cast<size_t>(predictor.rows() * replica.count());
  ToldRows out;
  while (true) {
    std::vector<int32_t> truths;
    const std::vector<std::string> own =
        parts_of(replica.share(rows ? rows->next(most, truths) : ""));
    if (own.empty()) break;
    const std::vector<ToldLabel> told = told_of(predictor, replica, own);
    out.rows += own.size();
    if (!rows) continue;
    for (size_t i = 0; i < told.size(); ++i) {
      take(told[i]);
      if (rows->labelled()) out.score.add(truths[i], told[i]);
    }
    flush();
  }
  require(out.rows > 0, "{}: has no row below its header", file);
  for (const std::string& cut : replica.collect(std::to_string(predictor.cut())))
    out.cut += std::stoull(cut);
  return out;
}

std::string cut_text(const ToldRows& told, const Predictor& predictor) {
  if (told.cut == 0) return "";
  return fmt::format("{} of {} texts were cut to {} tokens (task.max_length)", told.cut, told.rows,
                     predictor.length());
}

}  // namespace tessera
