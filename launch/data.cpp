// `tessera data` lets a person read what a run is fed: the batch of a step, and figures of the token
// shards.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "framework/data/shard_manifest.h"
#include "framework/data/token_shards.h"
#include "framework/record/progress.h"
#include "framework/train/data_forecast.h"
#include "framework/train/model_learner.h"
#include "launch/command_line.h"
#include "launch/run_config.h"
#include "launch/tokenizer_modes.h"
#include "launch/training_data.h"
#include "launch/verbs.h"
#include "launch/visible_text.h"
#include "models/model.h"

namespace tessera {
namespace {

/// The text of one row of a batch. Specials stand in <>, masked tokens with their labels as
/// [given→label], tokens without a label in a GPT's batch are not counted.
class RowText {
 public:
  RowText(const Tokenizer& tokenizer, const Feed& feed, int64_t rows)
      : tokenizer_(tokenizer), feed_(feed), rows_(rows) {}

  void print(int64_t row) const {
    const std::span<const int32_t> ids = part("tokens_in", row);
    const std::map<size_t, int32_t> masked = masked_labels(row);
    const std::span<const int32_t> documents = part("documents", row),
                                   segments = part("segments_in", row);
    std::vector<int32_t> plain;
    const auto flush = [&] {
      if (!plain.empty()) fmt::print("{}", visible(tokenizer_.decode(plain)));
      plain.clear();
    };
    fmt::print("    ");
    for (size_t i = 0; i < length_of(row, ids.size()); ++i) {
      if (i > 0 && !documents.empty() && documents[i] != documents[i - 1]) {
        flush();
        fmt::print("\n  | ");
      }
      if (i > 0 && !segments.empty() && segments[i] != segments[i - 1]) {
        flush();
        fmt::print("\n  + ");
      }
      if (const auto label = masked.find(i); label != masked.end()) {
        flush();
        fmt::print("[{}→{}]", name(ids[i]), name(label->second));
      } else if (tokenizer_.is_special(ids[i])) {
        flush();
        fmt::print("<{}>", visible(tokenizer_.token(ids[i])));
      } else {
        plain.push_back(ids[i]);
      }
    }
    flush();
    fmt::print("\n");
  }

  /// Positions of this row that hold no token.
  size_t padding(int64_t row) const {
    const size_t all = part("tokens_in", row).size();
    return all - length_of(row, all);
  }
  /// Labels that count in the loss of this row.
  double labels(int64_t row) const {
    const std::vector<float>* weights = feed_.find_reals("weights");
    if (weights == nullptr) return 0;
    const size_t each = weights->size() / static_cast<size_t>(rows_);
    double sum = 0;
    for (size_t i = 0; i < each; ++i)
      sum += static_cast<double>((*weights)[static_cast<size_t>(row) * each + i]);
    return sum;
  }
  /// The label that a task tells of this row, as words.
  std::string label(int64_t row, const std::vector<std::string>& names) const {
    return fmt::format("label {}, weight {:.6g}",
                       visible(names.at(static_cast<size_t>(part("labels", row)[0]))), labels(row));
  }
  std::string next_sentence(int64_t row) const {
    const std::span<const int32_t> next = part("next_sentence", row);
    return next.empty()   ? ""
           : next[0] != 0 ? ", the second sentence does not follow the first"
                          : ", the second sentence follows the first";
  }

 private:
  std::string name(int32_t id) const { return visible(tokenizer_.token(id)); }

  std::span<const int32_t> part(std::string_view input, int64_t row) const {
    const std::vector<int32_t>* all = feed_.find_integers(input);
    if (all == nullptr) return {};
    const size_t each = all->size() / static_cast<size_t>(rows_);
    return std::span(*all).subspan(static_cast<size_t>(row) * each, each);
  }

  size_t length_of(int64_t row, size_t otherwise) const {
    const std::span<const int32_t> length = part("lengths", row);
    const std::span<const int32_t> documents = part("documents", row);
    if (!length.empty()) return static_cast<size_t>(length[0]);
    const auto padding = std::find(documents.begin(), documents.end(), -1);
    return std::min(otherwise, documents.empty()
                                   ? otherwise
                                   : static_cast<size_t>(padding - documents.begin()));
  }

  /// Labels by place in the row, of a batch that predicts some places only.
  std::map<size_t, int32_t> masked_labels(int64_t row) const {
    std::map<size_t, int32_t> labels;
    const std::span<const int32_t> places = part("masked_positions", row),
                                   values = part("labels", row);
    const std::vector<float>* weights = feed_.find_reals("weights");
    for (size_t i = 0; i < places.size(); ++i)
      if ((*weights)[static_cast<size_t>(row) * places.size() + i] > 0)
        labels[static_cast<size_t>(places[i])] = values[i];
    return labels;
  }

  const Tokenizer& tokenizer_;
  const Feed& feed_;
  int64_t rows_;
};

/// "wiki (its sample 7), ".
std::string source_text(const Batches& batches, int64_t sample) {
  const Mixture::Place place = batches.place(sample);
  return fmt::format("{} (its sample {}), ", batches.sources()[place.source].name, place.sample);
}

void show(const Arguments& given, const Config& named) {
  const Config config = with_data(named);
  const int64_t step = given.integer("step", 0), ranks = config.mesh.dp.value_or(1);
  const int64_t rank = given.integer("rank", -1, -1);
  require(rank < ranks,
          "--rank: {} is no rank of {} that hold different sequences (mesh.dp); the first is 0",
          rank, ranks);
  const LearnerData data = training_data(config);
  const int64_t micro = config.micro_sequences();
  BatchRows wanted;
  if (rank >= 0) wanted.range = {rank * micro / ranks, (rank + 1) * micro / ranks};
  const int64_t first = step * config.batch.sequences;
  const std::vector<Feed> feeds = data.batches->update(first, wanted);
  fmt::print("step {}: samples {} to {} of seed {}, {} tokens each, {} micro-step{}\n", step, first,
             first + config.batch.sequences - 1, config.train.seed, config.sequence_length(),
             feeds.size(), feeds.size() == 1 ? "" : "s");
  fmt::print("data: {} ({})\n", config.data.place(), data.identity);
  const std::vector<BatchSource> sources = data.batches->sources();
  size_t padding = 0, tokens = 0;
  for (size_t i = 0; i < feeds.size(); ++i) {
    const Range rows = feeds[i].rows.size() > 0 ? feeds[i].rows : Range{0, micro};
    const RowText text(*data.tokenizer, feeds[i], rows.size());
    for (int64_t row = 0; row < rows.size(); ++row) {
      const int64_t sample = first + static_cast<int64_t>(i) * micro + rows.begin + row;
      fmt::print("sample {}: {}{}\n", sample,
                 sources.size() > 1 ? source_text(*data.batches, sample) : "",
                 config.task.labels.empty()
                     ? fmt::format("{} labels{}", text.labels(row), text.next_sentence(row))
                     : text.label(row, config.task.labels));
      text.print(row);
      padding += text.padding(row);
      tokens += static_cast<size_t>(config.sequence_length());
    }
  }
  fmt::print("padding: {:.1f} %\n",
             100 * static_cast<double>(padding) / static_cast<double>(tokens));
}

/// What a mixture makes of its sources, for a config that can be fed from them.
void mixture_stats(const Config& config) {
  const LearnerData data = open_data(shipped_models(), config);
  fmt::print("{}", data_forecast(config, *data.batches));
  for (const BatchSource& source : data.batches->sources())
    fmt::print("  {:<16} {} samples of {} tokens to train on, {} held out, {:.1f} % padding\n",
               source.name, grouped(static_cast<int64_t>(source.samples_per_epoch)),
               config.sequence_length(), grouped(static_cast<int64_t>(source.held_out)),
               100 * source.padding);
}

std::string mark_name(const Tokenizer& tokenizer, int32_t id) {
  return id == SpecialTokens::kNone ? "none"
                                    : fmt::format("{} '{}'", id, visible(tokenizer.token(id)));
}

void stats(const std::string& folder) {
  const auto shards = TokenShards::open(folder);
  const Tokenizer& tokenizer = shards->tokenizer();
  fmt::print(
      "{}\n  tokenizer   {}\n  {} documents, {} tokens, {} bytes of text: {:.3f} bytes per token\n",
      shards->identity(), tokenizer.description(),
      grouped(static_cast<int64_t>(shards->document_count())),
      grouped(static_cast<int64_t>(shards->token_count())),
      grouped(static_cast<int64_t>(shards->text_bytes())),
      static_cast<double>(shards->text_bytes()) /
          static_cast<double>(std::max<uint64_t>(1, shards->token_count())));
  fmt::print("  documents   begin with {}, end with {}\n",
             mark_name(tokenizer, shards->marks().opens),
             mark_name(tokenizer, shards->marks().closes));
  for (const std::string& source : shards->manifest().sources)
    fmt::print("  from        {}\n", source);
  std::vector<uint64_t> lengths;
  for (uint64_t i = 0; i < shards->document_count(); ++i)
    lengths.push_back(shards->document_begin(i + 1) - shards->document_begin(i));
  std::sort(lengths.begin(), lengths.end());
  const auto at = [&](double share) {
    return lengths[static_cast<size_t>(share * static_cast<double>(lengths.size() - 1))];
  };
  if (!lengths.empty())
    fmt::print("  tokens of a document: least {}, 50 % {}, 95 % {}, most {}\n", lengths.front(),
               at(0.5), at(0.95), lengths.back());
  std::vector<uint64_t> counts(static_cast<size_t>(tokenizer.vocab_size()));
  std::vector<int32_t> ids(1 << 16);
  for (uint64_t first = 0; first < shards->token_count(); first += ids.size()) {
    const auto read =
        std::span(ids).first(std::min<uint64_t>(ids.size(), shards->token_count() - first));
    shards->read(first, read);
    for (const int32_t id : read) ++counts[static_cast<size_t>(id)];
  }
  std::vector<int32_t> order(counts.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    const uint64_t left = counts[static_cast<size_t>(a)], right = counts[static_cast<size_t>(b)];
    return left != right ? left > right : a < b;
  });
  const auto used =
      counts.size() - static_cast<size_t>(std::count(counts.begin(), counts.end(), 0U));
  fmt::print("  {} of {} ids occur; the most frequent:\n", grouped(static_cast<int64_t>(used)),
             grouped(tokenizer.vocab_size()));
  for (size_t i = 0; i < std::min<size_t>(20, used); ++i)
    fmt::print("  {:>8} {:>6.2f} %  '{}'\n", order[i],
               100.0 * static_cast<double>(counts[static_cast<size_t>(order[i])]) /
                   static_cast<double>(shards->token_count()),
               visible(tokenizer.token(order[i])));
}

}  // namespace

int run_data(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "data",
      .summary =
          "Shows what a run is fed. In the text of a batch, special tokens stand in <>, masked ones "
          "as [given→label], and a new line begins each document (|) or sentence (+).",
      .words = {{"MODE", "show: the batch of a step; stats: figures of token shards"},
                {"SOURCE",
                 "a config, a run or a checkpoint; for stats also a folder of token shards"}},
      .options = {set_option(),
                  {"step", "N", "the step, from 0 (default 0)"},
                  {"rank", "R", "only the sequences of data parallel rank R"}},
      .examples = {"show configs/bert-base.yaml --step 10", "stats data/headers"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const std::string mode = given->text("MODE"), source = given->text("SOURCE");
  const std::vector<std::string> modes{"show", "stats"};
  const auto meant = nearest(mode, modes);
  require(std::ranges::find(modes, mode) != modes.end(), "data: there is no mode '{}'{}; known: {}",
          mode, meant ? "; did you mean '" + *meant + "'?" : "", fmt::join(modes, ", "));
  std::error_code error;
  const std::filesystem::path in_run = std::filesystem::path(source) / "config.yaml";
  const bool run = std::filesystem::exists(in_run, error) && !holds_token_shards(source);
  if (mode == "stats" && !run && std::filesystem::is_directory(source, error)) {
    stats(source);
    return 0;
  }
  const Config config = load_run_config(run ? in_run.string() : source, given->list("set"));
  if (mode == "show") {
    show(*given, config);
  } else {
    require(config.data.is_given(),
            "data.shards is not set in {}; name a folder of token shards, or give --set "
            "data.shards=FOLDER",
            source);
    const std::vector<DataSourceConfig> parts = config.data.parts();
    for (const DataSourceConfig& part : parts) {
      if (parts.size() > 1) fmt::print("{} ({}): ", part.name, part.shards);
      stats(part.shards);
    }
    mixture_stats(config);
  }
  return 0;
}

}  // namespace tessera
