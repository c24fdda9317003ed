#include "framework/tokenizer/file_kind.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"
#include "framework/tokenizer/tekken.h"
#include "framework/tokenizer/tiktoken.h"

namespace tessera {
namespace {

constexpr std::array kKinds{
    FileKind{"tiktoken", holds_ranks, read_tiktoken},
    FileKind{"tekken", holds_tekken, read_tekken},
};

}  // namespace

const FileKind& kind_of_files(const TokenizerFiles& files, const std::string& where) {
  for (const FileKind& kind : kKinds)
    if (kind.fits(files)) return kind;
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files.all()) names.push_back(name);
  user_error("{}: no tokenizer that this program knows (known kinds: {}); its files are {}", where,
             fmt::join(names_of_file_kinds(), ", "), fmt::join(names, ", "));
}

bool is_file_kind(std::string_view name) {
  return std::any_of(kKinds.begin(), kKinds.end(),
                     [&](const FileKind& kind) { return kind.name == name; });
}

std::vector<std::string> names_of_file_kinds() {
  std::vector<std::string> names;
  for (const FileKind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace tessera
