// The tokenizer inside a GGUF file, as the files in which it would come without one: a
// tokenizer.json or a SentencePiece model, and a tokenizer_config.json. So it is read, shown and
// kept beside checkpoints as those are.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tessera {

/// Whether the file is a GGUF file by its first bytes.
bool is_gguf(const std::filesystem::path& path);

/// Throws UserError naming the file when it is damaged, has no tokenizer, or one of a kind that is
/// not known.
std::map<std::string, std::string> gguf_tokenizer_files(const std::filesystem::path& path);

}  // namespace tessera
