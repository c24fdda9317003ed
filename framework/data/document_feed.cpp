#include "framework/data/document_feed.h"

#include <utility>

#include "framework/core/error.h"
#include "framework/data/input_file.h"

namespace tessera {
namespace {

constexpr size_t kBatchBytes = size_t{256} << 10;
constexpr size_t kBatchItems = 4096;

[[noreturn]] void changed(const std::string& name) {
  user_error(
      "{}: has changed since the interrupted run read it; restore it, or remove the unfinished "
      "folder to begin anew",
      name);
}

}  // namespace

void DocumentFeed::run(const Submit& submit, const std::atomic<bool>& stop) {
  submit_ = &submit;
  stop_ = &stop;
  try {
    for (size_t source = start_.source; source < sources_.size() && !stop; ++source)
      read_source(source);
  } catch (const UserError&) {
    file_ = nullptr;  // it is gone with the source that failed
    flush();
    throw;
  }
  flush();
}

void DocumentFeed::read_source(size_t source) {
  source_ = source;
  if (sources_[source].path == kStandardInput) flush();  // it can take long to come
  OpenedText opened = open_text(sources_[source].path, stop_);
  SourceEnd end{.kind = opened.kind, .error = opened.error};
  file_ = opened.file;
  if (opened.kind == SourceKind::text) {
    read_parts(source, opened);
    end.bytes = opened.file->bytes();
    end.hash = opened.file->hash();
  } else if (source == start_.source && start_.place.position > 0) {
    changed(source_name(sources_[source].path));
  }
  file_ = nullptr;
  BatchItem item;
  item.source = source;
  item.end = end;
  add(std::move(item));
}

void DocumentFeed::read_parts(size_t source, OpenedText& opened) {
  const std::string name = source_name(sources_[source].path);
  const auto reader = read_documents(*opened.text, name, options_);
  if (source == start_.source && start_.place.position > 0) {
    const bool there = opened.text->position() <= start_.place.position &&
                       opened.text->skip_to(start_.place.position);
    if (!there || opened.text->hash() != start_.place.hash) changed(name);
  }
  const auto record_text = reader->record_text();
  DocumentPart part;
  while (!*stop_ && reader->next(part)) {
    if (record_text == nullptr) {
      add_text(std::move(part));
    } else {
      add_part(std::move(part), record_text);
    }
  }
}

void DocumentFeed::add_text(DocumentPart part) {
  if (part.begins) {
    carried_ = std::move(part);
    next_try_ = 0;
  } else {
    carried_.text += part.text;
    carried_.ends = part.ends;
  }
  require(
      carried_.text.size() <= most_uncut_,
      "{}: has a document of more than {} MiB, and this tokenizer knows no place in it where a text "
      "may be cut; split the file, or take a tokenizer of BPE or WordPiece",
      source_name(sources_[source_].path), most_uncut_ >> 20);
  if (!carried_.ends && carried_.text.size() < next_try_) return;
  const size_t cut = carried_.ends ? carried_.text.size() : tokenizer_.safe_cut(carried_.text);
  if (cut == 0 && !carried_.ends) {
    next_try_ = 2 * carried_.text.size();
    return;
  }
  next_try_ = 0;
  DocumentPart rest;
  rest.begins = false;
  rest.place = carried_.place;
  rest.text = carried_.text.substr(cut);
  carried_.text.resize(cut);
  add_part(std::exchange(carried_, std::move(rest)), nullptr);
}

void DocumentFeed::add_part(DocumentPart part, std::shared_ptr<const RecordText> record_text) {
  BatchItem item;
  item.source = source_;
  item.part = std::move(part);
  item.record_text = std::move(record_text);
  add(std::move(item));
}

void DocumentFeed::add(BatchItem item) {
  batch_.bytes += item.part.text.size();
  batch_.items.push_back(std::move(item));
  if (batch_.bytes >= kBatchBytes || batch_.items.size() >= kBatchItems) flush();
}

void DocumentFeed::flush() {
  if (batch_.items.empty()) return;
  batch_.source_bytes = file_ != nullptr ? file_->bytes() : 0;
  (*submit_)(std::exchange(batch_, {}));
}

}  // namespace tessera
