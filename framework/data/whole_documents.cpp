#include "framework/data/whole_documents.h"

#include <cstring>

#include "framework/core/error.h"
#include "framework/data/input_file.h"
#include "framework/data/source_checks.h"
#include "framework/data/text_stream.h"

namespace tessera {
namespace {

/// Reads one file; returns how many records were broken.
uint64_t read_one(OpenedText& opened, const std::string& name, const ReadingOptions& options,
                  const std::function<void(const std::string& text)>& take) {
  const auto reader = read_documents(*opened.text, name, options);
  const auto record_text = reader->record_text();
  uint64_t broken = 0;
  std::string text;
  for (DocumentPart part; reader->next(part); part = {}) {
    if (part.broken.empty() && record_text != nullptr) {
      try {
        record_text->extract(part.text, part.place.line);
      } catch (const UserError& error) {
        part.broken = error.what();
      }
    }
    if (!part.broken.empty()) {
      require(options.skip_broken, "{}; mend it, or give --skip-broken to leave such out",
              part.broken);
      ++broken;
      continue;
    }
    text += part.text;
    if (!part.ends) continue;
    if (!text.empty()) take(text);
    text.clear();
  }
  if (!text.empty()) take(text);
  return broken;
}

}  // namespace

uint64_t for_each_document(const SourceFiles& sources, const ReadingOptions& options,
                           const std::function<void(const std::string& text)>& take) {
  uint64_t broken = 0;
  require_readable(sources.unreadable, options);
  require_records(sources.files, options);
  for (const SourceFile& file : sources.files) {
    OpenedText opened = open_text(file.path);
    const std::string name = source_name(file.path);
    if (opened.kind == SourceKind::text) {
      broken += read_one(opened, name, options, take);
      continue;
    }
    if (opened.error != 0) require_readable({name + ": " + std::strerror(opened.error)}, options);
    require(!file.named || opened.kind == SourceKind::empty, "{}: it is not text", name);
  }
  return broken;
}

}  // namespace tessera
