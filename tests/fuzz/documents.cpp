// JSON lines, CSV, TSV and plain text. The documents do not depend on how many bytes come at once. The
// first byte of the input says which format, and how many.
#include <memory>
#include <optional>
#include <vector>

#include "framework/data/document_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_stream.h"

namespace tessera {
namespace {

struct Document {
  DocumentPlace place;
  std::string text, error;

  bool operator==(const Document&) const = default;
};

/// All documents of `input`, or nothing where the header is refused.
std::optional<std::vector<Document>> read_all(std::string_view input, const std::string& name,
                                              size_t at_once) {
  TextStream stream(std::make_unique<MemoryStream>(std::string(input), at_once));
  std::unique_ptr<DocumentReader> reader;
  try {
    reader = read_documents(stream, name, {.text_key = "a.b", .columns = {"text", "b"}});
  } catch (const UserError&) {
    return std::nullopt;
  }
  std::vector<Document> documents;
  DocumentPart part;
  const auto record_text = reader->record_text();
  while (reader->next(part)) {
    if (part.begins) documents.push_back({.place = part.place, .text = "", .error = part.broken});
    if (record_text != nullptr && part.broken.empty()) {
      try {
        record_text->extract(part.text, part.place.line);
      } catch (const UserError& error) {
        documents.back().error = error.what();
        part.text.clear();
      }
    }
    documents.back().text += part.text;
  }
  check(stream.position() == input.size(), "{} of {} bytes were read", stream.position(),
        input.size());
  return documents;
}

void read(std::string_view input) {
  static constexpr const char* kNames[] = {"x.jsonl", "x.csv", "x.tsv", "x.json"};
  const uint8_t choice = take_byte(input);
  const std::string name = kNames[choice % 4];
  check(read_all(input, name, SIZE_MAX) == read_all(input, name, 1U + choice / 4U),
        "parts give other documents of {}", name);
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(documents, tessera::read)
