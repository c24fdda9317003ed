#include "framework/data/tokenize.h"

#include <cstring>
#include <utility>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "framework/data/document_feed.h"
#include "framework/data/encoding_pool.h"
#include "framework/data/no_text.h"
#include "framework/data/output_folder.h"
#include "framework/data/resumed_sources.h"
#include "framework/data/shard_series.h"
#include "framework/data/source_checks.h"
#include "framework/data/source_files.h"
#include "framework/data/tokenize_arguments.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Report = std::function<void(const TokenizeProgress&)>;

uint32_t token_bytes(const Tokenizer& tokenizer) {
  return tokenizer.vocab_size() <= 1 << 16 ? 2 : 4;
}

SourceRecord listed(const SourceFile& file) {
  SourceRecord record;
  record.file = record_path(file.path);
  record.listed_bytes = file.bytes;
  record.modified = file.modified;
  return record;
}

class Tokenization {
 public:
  Tokenization(OutputFolder& folder, const SourceFiles& sources, const Tokenizer& tokenizer,
               const DocumentMarks& marks, const TokenizeOptions& options, const Report& report,
               JournalState state, bool begun)
      : folder_(folder),
        sources_(sources.files),
        tokenizer_(tokenizer),
        marks_(marks),
        options_(options),
        report_(report),
        shards_(folder.partial(), token_bytes(tokenizer), tokenizer.fingerprint(),
                options.shard_tokens, state.shards),
        journal_(begun ? ShardJournal(folder.partial(), state)
                       : ShardJournal(folder.partial(), state.arguments)),
        start_{.source = state.sources.size(), .place = state.place},
        records_(std::move(state.sources)),
        counts_(state.counts) {
    result_.shards_before = shards_.shards().size();
    result_.hidden = sources.hidden;
    result_.unfinished = sources.unfinished;
    result_.special = sources.special;
    result_.duplicates = sources.duplicates;
    result_.unreadable = sources.unreadable;
    result_.shard_folders = sources.shard_folders;
    progress_.files_total = sources_.size();
    for (const SourceFile& file : sources_) progress_.bytes_total += file.bytes;
    progress_.files = records_.size();
    for (const SourceRecord& record : records_) bytes_ended_ += record.listed_bytes;
    progress_.bytes = progress_.bytes_before = bytes_ended_;
  }

  TokenizeResult run() {
    DocumentFeed feed(sources_, options_.reading, tokenizer_, start_, options_.most_uncut);
    const int threads = options_.threads > 0 ? options_.threads : available_cores();
    EncodingPool pool(tokenizer_, threads,
                      [&](const auto& submit, const auto& stop) { feed.run(submit, stop); });
    while (const auto batch = pool.take()) add(*batch);
    shards_.close();
    finish();
    return result_;
  }

  const std::vector<ShardManifest::Shard>& shards() const { return shards_.shards(); }
  const std::vector<SourceRecord>& records() const { return records_; }

 private:
  void add(const DocumentBatch& batch) {
    size_t begin = 0;
    for (const BatchItem& item : batch.items) {
      if (item.end) {
        end_source(item.source, *item.end);
      } else if (!item.part.broken.empty()) {
        skip_broken(item.source, item.part.broken);
      } else if (item.part.begins && item.part.ends && item.text_bytes == 0) {
        ++counts_.empty;
      } else {
        add_part(item, std::span(batch.ids).subspan(begin, item.ids_end - begin));
      }
      begin = item.ids_end;
    }
    progress_.bytes = bytes_ended_;
    if (const BatchItem& last = batch.items.back(); !last.end) {
      const uint64_t listed = sources_[last.source].bytes;
      progress_.bytes += listed == 0 ? batch.source_bytes : std::min(listed, batch.source_bytes);
    }
    if (report_) report_(progress_);
  }

  void add_part(const BatchItem& item, std::span<const int32_t> ids) {
    if (item.part.begins) {
      if (shards_.full()) close_shard(item.source, item.part.place);
      shards_.begin_document();
      if (marks_.opens != SpecialTokens::kNone) shards_.append({&marks_.opens, 1});
    }
    shards_.append(ids);
    shards_.add_text_bytes(item.text_bytes);
    progress_.text_bytes += item.text_bytes;
    if (!item.part.ends) return;
    if (marks_.closes != SpecialTokens::kNone) shards_.append({&marks_.closes, 1});
    ++counts_.documents;
  }

  void close_shard(size_t source, const DocumentPlace& next) {
    shards_.close();
    sync_directory(folder_.partial());
    SourceRecord begun = listed(sources_[source]);
    begun.counts = counts_;
    journal_.add_shard(shards_.shards().back(), begun, next);
    folder_.keep();
  }

  void skip_broken(size_t source, const std::string& why) {
    if (!options_.reading.skip_broken) {
      require_undamaged(sources_[source].path);
      user_error("{}; mend it, or give --skip-broken to leave such out", why);
    }
    if (result_.first_broken.empty()) result_.first_broken = why;
    ++counts_.broken;
  }

  void end_source(size_t source, const SourceEnd& end) {
    const SourceFile& file = sources_[source];
    const std::string reason = end.error != 0 ? std::strerror(end.error) : "";
    if (end.error != 0)
      require_readable({source_name(file.path) + ": " + reason}, options_.reading);
    SourceRecord record = listed(file);
    record.kind = end.kind;
    record.reason = reason;
    record.bytes = end.bytes;
    record.hash = end.hash;
    record.counts = std::exchange(counts_, {});
    journal_.add_source(record);
    records_.push_back(std::move(record));
    bytes_ended_ += file.bytes > 0 ? file.bytes : end.bytes;
    ++progress_.files;
  }

  void finish() {
    for (const SourceRecord& record : records_) {
      const auto& [documents, empty, broken] = record.counts;
      if (record.kind == SourceKind::text && documents + empty + broken == 0)
        result_.no_records.push_back(record.file);
      result_.documents += record.counts.documents;
      result_.empty_records += record.counts.empty;
      result_.broken_records += record.counts.broken;
      if (record.kind == SourceKind::empty) ++result_.empty;
      if (record.kind == SourceKind::binary) ++result_.binary;
      if (record.kind == SourceKind::utf16) result_.utf16.push_back(record.file);
      if (record.kind == SourceKind::unreadable)
        result_.unreadable.push_back(record.file + ": " + record.reason);
    }
    for (const ShardManifest::Shard& shard : shards_.shards()) {
      result_.tokens += shard.tokens;
      result_.text_bytes += shard.text_bytes;
    }
    result_.shards = shards_.shards().size();
  }

  OutputFolder& folder_;
  const std::vector<SourceFile>& sources_;
  const Tokenizer& tokenizer_;
  const DocumentMarks& marks_;
  const TokenizeOptions& options_;
  const Report& report_;
  ShardSeries shards_;
  ShardJournal journal_;
  FeedStart start_;
  std::vector<SourceRecord> records_;  // of the sources that have ended
  SourceCounts counts_;                // of the one being read
  uint64_t bytes_ended_ = 0;
  TokenizeProgress progress_;
  TokenizeResult result_;
};

DocumentMarks marks_of(const Tokenizer& tokenizer, const TokenizeOptions& options) {
  const DocumentMarks marks = options.marks.value_or(DocumentMarks::of(tokenizer.special()));
  require(
      options.marks || marks.opens != SpecialTokens::kNone,
      "the tokenizer has no end-of-document token; choose one that has, or name the ids that mark "
      "documents (--document-begin, --document-end)");
  require(marks.opens != SpecialTokens::kNone || marks.closes != SpecialTokens::kNone,
          "no token opens or closes a document; name one (--document-begin, --document-end), or "
          "training cannot tell documents apart");
  for (const int32_t id : {marks.opens, marks.closes})
    require(id == SpecialTokens::kNone || (id >= 0 && id < tokenizer.vocab_size()),
            "the id {} that is to mark documents is outside of the vocabulary of {}", id,
            tokenizer.vocab_size());
  return marks;
}

/// Throws UserError unless the interrupted run of `state` had the same arguments and files.
void require_same(const JournalState& state, const JournalArguments& arguments,
                  const SourceFiles& sources, const fs::path& partial) {
  const std::string differences = argument_differences(state.arguments, arguments);
  require(
      differences.empty(),
      "{} holds the {} complete shards of an interrupted run with other arguments: {}; give the "
      "same arguments to go on, or remove that folder to begin anew",
      partial.string(), state.shards.size(), differences);
  const std::string changes = source_differences(state, sources.files);
  require(
      changes.empty(),
      "{} holds the {} complete shards of an interrupted run, and its sources have changed: {}; "
      "restore them to go on, or remove that folder to begin anew",
      partial.string(), state.shards.size(), changes);
  require(
      state.sources.size() < sources.files.size(),
      "{} holds the {} complete shards of an interrupted run that had more sources; restore them "
      "to go on, or remove that folder to begin anew",
      partial.string(), state.shards.size());
}

}  // namespace

TokenizeResult tokenize(const std::vector<fs::path>& inputs, const fs::path& out,
                        const Tokenizer& tokenizer, const TokenizeOptions& options,
                        const Report& progress) {
  require(!inputs.empty(), "no input: name the files or folders to tokenize");
  const DocumentMarks marks = marks_of(tokenizer, options);
  const SourceFiles sources =
      list_source_files(inputs, {out, OutputFolder::partial_of(out)}, options.include_hidden);
  require_readable(sources.unreadable, options.reading);
  require_records(sources.files, options.reading);
  OutputFolder folder(out, options.overwrite);
  const JournalArguments arguments = journal_arguments(inputs, tokenizer, marks, options);
  std::optional<JournalState> before = read_shard_journal(folder.partial());
  std::set<std::string> kept;
  if (before) {
    folder.keep();
    require_same(*before, arguments, sources, folder.partial());
    kept.insert(std::string(kShardJournalName));
    for (const ShardManifest::Shard& shard : before->shards) kept.insert(shard.file);
  }
  folder.clear(kept);
  JournalState state = before.value_or(JournalState{});
  state.arguments = arguments;
  Tokenization work(folder, sources, tokenizer, marks, options, progress, std::move(state),
                    before.has_value());
  const TokenizeResult result = work.run();
  require(result.documents > 0, "no text found: {}", why_no_text(result, sources.files.size()));

  ShardManifest manifest;
  manifest.tokenizer = tokenizer.description();
  manifest.fingerprint = tokenizer.fingerprint();
  manifest.marks = marks;
  for (const fs::path& input : inputs) manifest.sources.push_back(input.string());
  const std::string source_records = source_records_text(work.records());
  RunningHash hash;
  hash.update(source_records);
  manifest.sources_hash = hash.value();
  manifest.shards = work.shards();
  if (!tokenizer.files().all().empty())
    tokenizer.files().write(folder.partial() / kTokenizerFolder);
  write_durable(folder.partial() / kSourceRecordsName, source_records);
  write_durable(folder.partial() / kShardManifestName, to_text(manifest));
  fs::remove(folder.partial() / kShardJournalName);
  folder.commit();
  return result;
}

}  // namespace tessera
