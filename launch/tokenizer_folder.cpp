#include "launch/tokenizer_folder.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

bool holds_only_tokenizer(const fs::path& folder) {
  size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.is_symlink()) return false;
    ++entries;
  }
  try {
    return TokenizerFiles::read(folder).all().size() == entries;
  } catch (const UserError&) {
    return false;
  }
}

}  // namespace

const OldOutput kTokenizerOutput{.called = "a tokenizer", .alone_in = holds_only_tokenizer};

void commit_tokenizer(const TokenizerFiles& files, OutputFolder& folder) {
  folder.clear();
  files.write(folder.partial());
  folder.commit();
}

}  // namespace tessera
