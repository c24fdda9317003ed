#include "framework/data/tokenize.h"

#include <cstring>
#include <optional>

#include "framework/core/error.h"
#include "framework/core/utf16.h"
#include "framework/data/input_file.h"
#include "framework/data/output_folder.h"
#include "framework/data/shard_manifest.h"
#include "framework/data/shard_writer.h"
#include "framework/data/source_files.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSniffBytes = 8192;
constexpr size_t kPieceBytes = size_t{4} << 20;

class Tokenization {
 public:
  Tokenization(const fs::path& partial, const Tokenizer& tokenizer, const TokenizeOptions& options,
               const std::function<void(const TokenizeProgress&)>& report)
      : partial_(partial), tokenizer_(tokenizer), options_(options), report_(report) {
    manifest_.tokenizer = tokenizer.description();
    manifest_.fingerprint = tokenizer.fingerprint();
  }

  TokenizeResult run(const SourceFiles& sources) {
    result_.hidden = sources.hidden;
    result_.special = sources.special;
    result_.duplicates = sources.duplicates;
    result_.unreadable = sources.unreadable;
    progress_.files_total = sources.files.size();
    for (const SourceFile& file : sources.files) progress_.bytes_total += file.bytes;
    for (const SourceFile& file : sources.files) {
      add_file(file);
      ++progress_.files;
      report();
    }
    close_shard();
    return result_;
  }

  ShardManifest& manifest() { return manifest_; }

 private:
  void add_file(const SourceFile& file) {
    InputFile input(file.path);
    std::string text;
    if (const int error = input.read(text, kSniffBytes); error != 0) {
      require(!file.named, "{}: cannot read: {}", file.path.string(), std::strerror(error));
      result_.unreadable.push_back(file.path.string() + ": " + std::strerror(error));
      return;
    }
    if (text.empty()) {
      ++result_.empty;
    } else if (looks_like_utf16(text)) {
      result_.utf16.push_back(file.path.string());
    } else if (text.find('\0') != std::string::npos) {
      ++result_.binary;
    } else {
      add_document(file, input, std::move(text));
    }
  }

  void add_document(const SourceFile& file, InputFile& input, std::string text) {
    begin_document();
    bool more = text.size() == kSniffBytes;
    while (more || !text.empty()) {
      if (more) {
        const size_t wanted = text.size() < kPieceBytes ? kPieceBytes - text.size() : kPieceBytes;
        const size_t before = text.size();
        const int error = input.read(text, wanted);
        require(error == 0, "{}: cannot read on: {}", file.path.string(), std::strerror(error));
        more = text.size() == before + wanted;
      }
      const size_t cut = more ? tokenizer_.safe_cut(text) : text.size();
      append(std::string_view(text).substr(0, cut));
      text.erase(0, cut);
    }
    ++result_.documents;
  }

  void begin_document() {
    if (!shard_) {
      const uint32_t token_bytes = tokenizer_.vocab_size() <= 1 << 16 ? 2 : 4;
      shard_.emplace(partial_ / shard_file_name(manifest_.shards.size()), token_bytes,
                     manifest_.fingerprint);
    } else if (shard_->token_count() >= options_.shard_tokens) {
      close_shard();
      return begin_document();
    }
    shard_->begin_document();
    const int32_t first = tokenizer_.special().end_of_document;
    shard_->append({&first, 1});
  }

  void append(std::string_view text) {
    ids_.clear();
    tokenizer_.encode(text, {}, words_, ids_);
    shard_->append(ids_);
    shard_->add_text_bytes(text.size());
    progress_.bytes += text.size();
    report();
  }

  void close_shard() {
    if (!shard_) return;
    const uint64_t checksum = shard_->finish();
    const ShardHeader& header = shard_->header();
    manifest_.shards.push_back({.file = shard_file_name(manifest_.shards.size()),
                                .tokens = header.token_count,
                                .documents = header.document_count,
                                .text_bytes = header.text_bytes,
                                .checksum = checksum});
    result_.tokens += header.token_count;
    result_.text_bytes += header.text_bytes;
    ++result_.shards;
    shard_.reset();
  }

  void report() const {
    if (report_) report_(progress_);
  }

  const fs::path& partial_;
  const Tokenizer& tokenizer_;
  const TokenizeOptions& options_;
  const std::function<void(const TokenizeProgress&)>& report_;
  ShardManifest manifest_;
  std::optional<ShardWriter> shard_;
  WordCache words_;
  std::vector<int32_t> ids_;
  TokenizeProgress progress_;
  TokenizeResult result_;
};

}  // namespace

TokenizeResult tokenize(const std::vector<fs::path>& inputs, const fs::path& out,
                        const Tokenizer& tokenizer, const TokenizeOptions& options,
                        const std::function<void(const TokenizeProgress&)>& progress) {
  require(!inputs.empty(), "no input: name the files or folders to tokenize");
  require(tokenizer.special().end_of_document != SpecialTokens::kNone,
          "the tokenizer has no end-of-document token; choose one that has");
  const SourceFiles sources = list_source_files(inputs, out, options.include_hidden);
  OutputFolder folder(out, options.overwrite);
  Tokenization work(folder.partial(), tokenizer, options, progress);
  const TokenizeResult result = work.run(sources);
  require(result.documents > 0,
          "no text found: of {} files, {} are empty, {} binary, {} in UTF-16 and {} unreadable ({} "
          "hidden entries were left out); {}name other files or folders",
          sources.files.size(), result.empty, result.binary, result.utf16.size(),
          result.unreadable.size(), result.hidden,
          result.utf16.empty() ? "" : fmt::format("{}: {}, or ", result.utf16[0], kUtf16Remedy));
  for (const fs::path& input : inputs) work.manifest().sources.push_back(input.string());
  write_durable(folder.partial() / kShardManifestName, to_text(work.manifest()));
  folder.commit();
  return result;
}

}  // namespace tessera
