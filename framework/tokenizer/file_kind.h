// The kinds of files that tokenizers come in, as a table: how each is known by its content, and how
// it is read. Where a folder holds several, the first row wins, as in transformers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"
#include "framework/tokenizer/sentence_piece.h"

namespace tessera {

/// A tokenizer that files make.
using FileTokenizer =
    std::variant<std::shared_ptr<const Pipeline>, std::shared_ptr<const SentencePiece>>;

struct FileKind {
  std::string_view name;
  bool (*fits)(const TokenizerFiles& files);
  /// The files each of which makes a tokenizer of this kind, where there can be several.
  std::vector<std::string> (*names)(const TokenizerFiles& files);
  FileTokenizer (*read)(const TokenizerFiles& files, const std::string& where);
};

/// Throws UserError, which begins with `where`, when no kind fits.
const FileKind& kind_of_files(const TokenizerFiles& files, const std::string& where);
bool is_file_kind(std::string_view name);
std::vector<std::string> names_of_file_kinds();

}  // namespace tessera
