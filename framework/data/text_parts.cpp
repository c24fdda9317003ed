#include "framework/data/text_parts.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "framework/core/error.h"
#include "framework/data/input_file.h"
#include "framework/data/source_checks.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr size_t kPartBytes = size_t{256} << 10;
constexpr size_t kMostLineBytes = size_t{4} << 20;
constexpr size_t kMostUncutBytes = size_t{64} << 20;

/// Where to cut a line that is too long: before its last space, or else behind a whole character.
size_t end_within_line(std::string_view line) {
  const size_t space = line.rfind(' ');
  if (space != std::string_view::npos && space > 0) return space;
  const size_t characters = whole_characters(line);
  return characters > 0 ? characters : line.size();
}

/// Whether the last character is surely no white space: all that is beyond ASCII begins with one of
/// a few pairs of bytes.
bool ends_without_space(std::string_view three) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(three[i]); };
  if (byte(2) < 0x80) return byte(2) > ' ' && byte(2) != 0x7f;
  if (byte(1) == 0xc2) return false;  // U+0085, U+00A0
  return !(byte(0) == 0xe1 && byte(1) == 0x9a) && !(byte(0) == 0xe3 && byte(1) == 0x80) &&
         !(byte(0) == 0xe2 && (byte(1) == 0x80 || byte(1) == 0x81));
}

}  // namespace

TextParts::TextParts(std::vector<SourceFile> sources, ReadingOptions options, CutAtSpaces cut)
    : sources_(std::move(sources)), options_(std::move(options)), cut_(cut) {
  counts_.files_total = sources_.size();
  for (const SourceFile& file : sources_) counts_.bytes_total += file.bytes;
  require_records(sources_, options_);
}

bool TextParts::next(std::string& text) {
  while (true) {
    if (const size_t count = ready(); count > 0) {
      take(count, text);
      return true;
    }
    if (reader_ == nullptr) {
      if (!open_next()) return false;
    } else if (!read_on()) {
      close();
    }
  }
}

/// How many bytes of carried_ make the next part; 0 when more must be read.
size_t TextParts::ready() {
  if (whole_ && carried_.size() <= kPartBytes) return carried_.size();
  if (carried_.size() < kPartBytes) return 0;
  if (const size_t cut = last_cut(); cut > 0) return cut;
  if (carried_.size() >= (at_spaces_ ? kMostUncutBytes : kMostLineBytes))
    return end_within_line(carried_);
  if (whole_) return carried_.size();
  searched_ = carried_.size();
  return 0;
}

/// The last place behind searched_ where carried_ may be cut; 0 when there is none.
size_t TextParts::last_cut() const {
  const std::string_view text = carried_;
  if (!at_spaces_) {
    const size_t line = text.substr(searched_).rfind('\n');
    return line == std::string_view::npos ? 0 : searched_ + line + 1;
  }
  for (size_t at = text.size(); at-- > std::max<size_t>(searched_, 3);)
    if (text[at] == ' ' && ends_without_space(text.substr(at - 3, 3))) return at;
  return 0;
}

bool TextParts::open_next() {
  if (source_ == sources_.size()) return false;
  const SourceFile& file = sources_[source_++];
  opened_ = open_text(file.path);
  if (opened_.kind == SourceKind::text) {
    reader_ = read_documents(*opened_.text, source_name(file.path), options_);
    record_text_ = reader_->record_text();
    at_spaces_ = record_text_ != nullptr ? cut_.records : cut_.files;
    return true;
  }
  if (opened_.error != 0)
    require_readable({source_name(file.path) + ": " + std::strerror(opened_.error)}, options_);
  ++counts_.left_out;
  close();
  return true;
}

/// Makes a record a text; false if it is broken and left out.
bool TextParts::extract(DocumentPart& part, const RecordText& record_text, size_t source) const {
  if (part.broken.empty()) {
    try {
      record_text.extract(part.text, part.place.line);
      return true;
    } catch (const UserError& error) {
      part.broken = error.what();
    }
  }
  if (options_.skip_broken) return false;
  require_undamaged(sources_[source].path);
  user_error("{}; mend it, or give --skip-broken to leave such out", part.broken);
}

/// Reads the next part of the source behind carried_, all of which is of one document.
bool TextParts::read_on() {
  DocumentPart part;
  if (!reader_->next(part)) return false;
  counts_.bytes = ended_bytes_ + opened_.file->bytes();
  if (record_text_ != nullptr && !extract(part, *record_text_, source_ - 1)) {
    ++counts_.broken;
    return true;
  }
  carried_ += part.text;
  whole_ = part.ends;
  if (part.ends && !(part.begins && part.text.empty())) ++counts_.documents;
  return true;
}

bool TextParts::take(Batch& batch) {
  batch = {};
  while (true) {
    if (const size_t count = ready(); count > 0) {
      batch.at_lines = at_lines();
      take(count, batch.text);
      return true;
    }
    if (reader_ == nullptr) {
      if (!open_next()) return false;
    } else if (record_text_ != nullptr) {
      if (take_records(batch)) return true;
    } else if (!read_on()) {
      close();
    }
  }
}

/// Takes records of the source that is open, or closes it.
bool TextParts::take_records(Batch& batch) {
  DocumentPart part;
  for (size_t bytes = 0; bytes < kPartBytes && reader_->next(part);) {
    bytes += part.text.size() + sizeof part;
    batch.records.push_back(std::move(part));
  }
  counts_.bytes = ended_bytes_ + opened_.file->bytes();
  if (batch.records.empty()) {
    close();
    return false;
  }
  batch.record_text = record_text_;
  batch.at_lines = at_lines();
  batch.source = source_ - 1;
  return true;
}

void TextParts::read(Batch& batch, const std::function<void(std::string_view text)>& found) {
  if (batch.record_text == nullptr) return found(batch.text);
  Counts counts;
  for (DocumentPart& part : batch.records) {
    if (!extract(part, *batch.record_text, batch.source)) {
      ++counts.broken;
      continue;
    }
    if (part.text.empty()) continue;
    ++counts.documents;
    counts.text_bytes += part.text.size();
    found(part.text);
    part.text = {};
  }
  const std::lock_guard lock(mutex_);
  read_.documents += counts.documents;
  read_.text_bytes += counts.text_bytes;
  read_.broken += counts.broken;
}

TextParts::Counts TextParts::counts() const {
  Counts counts = counts_;
  const std::lock_guard lock(mutex_);
  counts.documents += read_.documents;
  counts.text_bytes += read_.text_bytes;
  counts.broken += read_.broken;
  return counts;
}

void TextParts::close() {
  const uint64_t listed = sources_[source_ - 1].bytes;
  ended_bytes_ += listed > 0 ? listed : opened_.file != nullptr ? opened_.file->bytes() : 0;
  counts_.bytes = ended_bytes_;
  ++counts_.files;
  reader_.reset();
  record_text_.reset();
  opened_ = {};
}

void TextParts::take(size_t count, std::string& text) {
  text.assign(carried_, 0, count);
  carried_.erase(0, count);
  searched_ = 0;
  counts_.text_bytes += count;
}

}  // namespace tessera
