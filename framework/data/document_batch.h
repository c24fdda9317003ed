// Documents on their way from the reader to the shards: the reader fills a batch, one thread encodes
// it, and the writer takes the batches in the order in which they were filled.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "framework/data/document_reader.h"

namespace tessera {

/// What is known of a source once it was read.
struct SourceEnd {
  SourceKind kind = SourceKind::text;
  int error = 0;       // of an unreadable one: an errno
  uint64_t bytes = 0;  // of the file
  uint64_t hash = 0;   // XXH3 of the file
};

struct BatchItem {
  size_t source = 0;  // its number
  DocumentPart part;
  std::shared_ptr<const RecordText> record_text;  // null: the part is text
  std::optional<SourceEnd> end;                   // in place of a part: the source has ended
  // Made by encoding:
  uint64_t text_bytes = 0;
  size_t ids_end = 0;  // the ids go from the end of the item before to here
};

struct DocumentBatch {
  std::vector<BatchItem> items;
  size_t bytes = 0;           // of all parts
  uint64_t source_bytes = 0;  // read of the file that the last item is from
  std::vector<int32_t> ids;
};

}  // namespace tessera
