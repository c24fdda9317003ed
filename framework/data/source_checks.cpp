#include "framework/data/source_checks.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/gzip_stream.h"
#include "framework/data/zstd_stream.h"

namespace tessera {
namespace {

/// What a search for records met.
struct Search {
  bool json_lines = false, table = false;
  std::string array;  // the first file that is one JSON array

  bool done(const ReadingOptions& options) const {
    return (json_lines || !options.key_is_given) && (table || !options.columns_are_given);
  }
};

void look_at(const SourceFile& file, TextFormat asked, Search& search) {
  TextFormat format = asked;
  const std::string name = source_name(file.path);
  if (asked == TextFormat::by_name) {
    if (file.path == kStandardInput) return;  // has no name, and its bytes are read once
    format = format_by_name(name);
    if (format == TextFormat::by_name) {  // the content decides
      OpenedText opened = open_text(file.path);
      if (opened.kind != SourceKind::text) return;
      format = format_of(name, *opened.text, asked);
      if (format == TextFormat::text && search.array.empty() && opened.text->want(1) &&
          opened.text->ahead()[0] == '[')
        search.array = name;
    }
  }
  search.json_lines |= format == TextFormat::json_lines;
  search.table |= format == TextFormat::csv || format == TextFormat::tsv;
}

}  // namespace

void require_readable(const std::vector<std::string>& unreadable, const ReadingOptions& options) {
  constexpr size_t kShown = 5;
  if (options.skip_unreadable || unreadable.empty()) return;
  const std::vector<std::string> shown(
      unreadable.begin(),
      unreadable.begin() + static_cast<ptrdiff_t>(std::min(kShown, unreadable.size())));
  user_error(
      "cannot read {}{}; make {} readable, or give --skip-unreadable to leave such out",
      fmt::join(shown, "; "),
      unreadable.size() > kShown ? fmt::format("; and {} more", unreadable.size() - kShown) : "",
      unreadable.size() == 1 ? "it" : "them");
}

void require_records(const std::vector<SourceFile>& sources, const ReadingOptions& options) {
  Search search;
  for (const SourceFile& file : sources) {
    if (search.done(options)) return;
    look_at(file, options.format, search);
  }
  if (search.done(options)) return;
  require(
      search.json_lines || !options.key_is_given || search.array.empty(),
      "{}: is one JSON array, not JSON lines, so --text finds no records in it; turn it into lines "
      "with `python3 -c 'import json, sys; [print(json.dumps(x)) for x in json.load(sys.stdin)]' < "
      "FILE.json > FILE.jsonl`",
      search.array);
  require(search.json_lines || !options.key_is_given,
          "--text {}: none of the files holds JSON lines (.jsonl, .ndjson, or .json with an object "
          "in each line); leave --text out, or give --format jsonl if their names do not say so",
          options.text_key);
  user_error(
      "--column {}: none of the files is a table (.csv, .tsv, .tab); leave --column out, or give "
      "--format csv or tsv if their names do not say so",
      fmt::join(options.columns, ","));
}

void require_undamaged(const std::filesystem::path& path) {
  constexpr uint64_t kMostBytes = uint64_t{1} << 30;
  if (path == kStandardInput) return;
  OpenedText opened = open_text(path);
  if (opened.kind != SourceKind::text) return;
  const std::string_view head = opened.file->head();
  if (!looks_like_gzip(head) && !looks_like_zstd(head)) return;
  TextStream& text = *opened.text;
  while (text.position() < kMostBytes && text.want(1)) text.consume(text.ahead().size());
}

}  // namespace tessera
