// Which files of a folder make its tokenizer, and which of them says the tokens.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// Whether a file's name is NAME.model, or NAME.model.v3 as Mistral numbers them.
bool is_model_name(std::string_view name);

/// The files of a folder whose names `wanted` takes. Throws UserError when there is none.
TokenizerFiles files_of_folder(const std::filesystem::path& folder,
                               bool (*wanted)(const std::string& name));

/// What the files of a folder hold where several of one kind are there: the file of the usual name,
/// tokenizer.model, and not the others. Throws UserError, which names them, when none is called so.
TokenizerFiles one_of_each_kind(const TokenizerFiles& files, const std::string& where);

/// The tokenizer of a folder that TokenizerFiles::write made, whatever its files are called.
std::shared_ptr<const Tokenizer> kept_tokenizer(const std::filesystem::path& folder);

/// The file that says the tokens, where there could be several of its kind; else the kind, which
/// names it. Empty for bytes.
std::string file_of_tokens(const Tokenizer& tokenizer);

}  // namespace tessera
