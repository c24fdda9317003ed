#include "framework/data/examples.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kMostLabels = 10'000;
constexpr size_t kMostLabelBytes = 1000;

std::vector<std::string> all_columns(const ExampleColumns& columns) {
  std::vector<std::string> all = columns.text;
  if (!columns.label.empty()) all.push_back(columns.label);
  return all;
}

bool is_utf8(const std::string& text) {
  // The library's writer of JSON refuses what is no UTF-8.
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

void require_label(const std::string& label, const TableReader& table, const std::string& column) {
  const auto place = [&] { return fmt::format("{}, line {}", table.name(), table.line()); };
  require(!label.empty(), "{}: the label in column '{}' is empty", place(), column);
  require(label.size() <= kMostLabelBytes,
          "{}: the label in column '{}' has {} bytes; a label is a short name", place(), column,
          label.size());
  require(is_utf8(label), "{}: the label in column '{}' is no UTF-8", place(), column);
}

/// The numbers of labels.
class LabelNumbers {
 public:
  explicit LabelNumbers(const Labels& labels) {
    for (size_t i = 0; i < labels.size(); ++i) {
      numbers_[labels[i]] = static_cast<int32_t>(i);
      if (i < 20) known_ += (i ? ", " : "") + labels[i];
    }
    if (labels.size() > 20) known_ += ", …";
  }

  int32_t of(const std::string& label, const TableReader& table) const {
    const auto found = numbers_.find(label);
    require(found != numbers_.end(), "{}, line {}: the label '{}' is not known; known: {}",
            table.name(), table.line(), label, known_);
    return found->second;
  }

 private:
  std::map<std::string, int32_t> numbers_;
  std::string known_;
};

class Reading {
 public:
  Reading(const ExampleSource& source, const ExampleForm& form,
          const std::shared_ptr<const Tokenizer>& tokenizer)
      : source_(source), form_(form), numbers_(source.labels), encoder_(tokenizer, form) {}

  /// Reads a file; `side` says where an example goes. Returns what was read.
  template <typename Side>
  std::string read(const std::filesystem::path& path, const Side& side) {
    TableReader table(path);
    table.select(all_columns(source_.columns));
    std::vector<std::string> fields;
    size_t count = 0;
    for (; table.next(fields); ++count) {
      const std::span texts(fields.data(), source_.columns.text.size());
      const int32_t label = numbers_.of(fields.back(), table);
      side(texts).add(encoder_.encode(texts), label, form_.length());
    }
    return fmt::format("{} examples, hash {:016x}", count, table.hash());
  }

 private:
  const ExampleSource& source_;
  const ExampleForm& form_;
  const LabelNumbers numbers_;
  ExampleEncoder encoder_;
};

}  // namespace

bool is_held_out(std::span<const std::string> texts, double part) {
  uint64_t hash = 0;
  for (const std::string& text : texts) hash = XXH3_64bits_withSeed(text.data(), text.size(), hash);
  return static_cast<double>(hash >> 11) * 0x1p-53 < part;
}

Labels labels_of(const std::vector<std::filesystem::path>& files, const std::string& column) {
  std::set<std::string> labels;
  for (const std::filesystem::path& file : files) {
    TableReader table(file);
    table.select({column});
    std::vector<std::string> fields;
    while (table.next(fields)) {
      require_label(fields[0], table, column);
      labels.insert(std::move(fields[0]));
      require(labels.size() <= kMostLabels,
              "{}: column '{}' has more than {} different labels; name the column of the labels "
              "with task.label",
              table.name(), column, kMostLabels);
    }
  }
  require(labels.size() >= 2, "{}: column '{}' has {} label; there is nothing to tell apart",
          files.empty() ? "" : files[0].string(), column, labels.size());
  return {labels.begin(), labels.end()};
}

void Examples::add(const ExampleTokens& tokens, int32_t label, int64_t length) {
  ids_.insert(ids_.end(), tokens.ids.begin(), tokens.ids.end());
  for (const int32_t segment : tokens.segments) segments_.push_back(static_cast<uint8_t>(segment));
  ends_.push_back(ids_.size());
  labels_.push_back(label);
  cut_ += tokens.uncut > static_cast<size_t>(length) ? 1 : 0;
}

ExampleTokens ExampleEncoder::encode(std::span<const std::string> texts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    ids_[i].clear();
    encoder_.encode(texts[i], {}, ids_[i]);
  }
  return texts.size() == 1 ? form_.make(ids_[0]) : form_.make(ids_[0], ids_[1]);
}

ExampleSplit read_examples(const ExampleSource& source, const ExampleForm& form,
                           const std::shared_ptr<const Tokenizer>& tokenizer) {
  check(!source.labels.empty() && !source.columns.label.empty(), "examples without labels");
  Reading reading(source, form, tokenizer);
  ExampleSplit split;
  split.place = source.train.string();
  const bool own_file = !source.validation.empty();
  split.identity = reading.read(source.train, [&](auto texts) -> Examples& {
    return !own_file && is_held_out(texts, source.held_out) ? split.validation : split.train;
  });
  if (own_file)
    split.identity += "; validation: " + reading.read(source.validation, [&](auto) -> Examples& {
      return split.validation;
    });
  require(split.train.size() > 0, "{}: has no example to train on{}", split.place,
          split.validation.size() > 0 ? "; hold out less (data.validation)" : "");
  return split;
}

}  // namespace tessera
