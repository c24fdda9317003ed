#include "framework/data/no_text.h"

#include <fmt/ranges.h>

#include <vector>

#include "framework/core/utf16.h"

namespace tessera {

std::string why_no_text(const TokenizeResult& result, size_t files) {
  std::vector<std::string> causes;
  const auto add = [&](uint64_t count, std::string_view what, const std::string& example = "") {
    if (count == 0) return;
    causes.push_back(fmt::format("{} {}{}", count, what, example.empty() ? "" : ": " + example));
  };
  const auto first = [](const std::vector<std::string>& names) {
    return names.empty() ? "" : names.front();
  };
  add(result.no_records.size(), "without a record (a header without rows, or blank lines)",
      first(result.no_records));
  add(result.empty_records, "records without text");
  add(result.broken_records, "broken records", result.first_broken);
  add(result.empty, "empty");
  add(result.binary, "binary");
  add(result.utf16.size(), "in UTF-16 without a byte order mark",
      result.utf16.empty() ? "" : result.utf16.front() + ": " + std::string(kUtf16Remedy));
  add(result.unreadable.size(), "unreadable", first(result.unreadable));
  add(result.shard_folders.size(), "folders of token shards", first(result.shard_folders));
  add(result.hidden, "hidden entries, which --hidden takes");
  add(result.unfinished, "unfinished outputs (.partial); name one to read it");
  add(result.special, "sockets, devices and pipes");
  return fmt::format("{} file{}{}{}; name other files or folders", files, files == 1 ? "" : "s",
                     causes.empty() ? "" : "; ", fmt::join(causes, "; "));
}

}  // namespace tessera
