#include <fmt/format.h>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "framework/data/shard_manifest.h"
#include "framework/tokenizer/files_of_folder.h"
#include "launch/checkpoint_source.h"
#include "launch/tokenizer_modes.h"

namespace tessera {

namespace fs = std::filesystem;

std::shared_ptr<const Tokenizer> named_tokenizer(const std::string& name, std::string_view option) {
  std::error_code error;
  if (name == "bytes" && !fs::exists(name, error))
    return std::make_shared<const Tokenizer>(ByteTokenizer{});
  const fs::path path(name);
  require(fs::exists(path, error), "{}: '{}' is neither `bytes` nor a file or folder{}", option,
          name, nearest(name, {"bytes"}) ? "; did you mean 'bytes'?" : "");
  if (holds_token_shards(path)) return make_tokenizer(read_shard_manifest(path).tokenizer, path);
  if (fs::is_directory(path / kTokenizerFolder, error))
    return fs::exists(path / "run.json", error) ? kept_tokenizer(path / kTokenizerFolder)
                                                : load_tokenizer(path / kTokenizerFolder);
  if (fs::exists(path / "checkpoints", error) || fs::exists(path / "run.json", error))
    return tokenizer_of(CheckpointReader(find_checkpoint(name, {}).checkpoint));
  return load_tokenizer(path);
}

}  // namespace tessera
