// The modes of `tessera tokenizer`, one file each. Each reads its own command line.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// The tokenizer that a user names: `bytes`, a folder or file of a tokenizer, or a folder of token
/// shards, a run or a checkpoint. Throws UserError, which begins with `option`, when it is none.
std::shared_ptr<const Tokenizer> named_tokenizer(const std::string& name, std::string_view option);

int tokenizer_show(std::span<const std::string> args);
int tokenizer_encode(std::span<const std::string> args);
int tokenizer_decode(std::span<const std::string> args);
int tokenizer_time(std::span<const std::string> args);
int tokenizer_train(std::span<const std::string> args);
int tokenizer_compare(std::span<const std::string> args);
int tokenizer_add(std::span<const std::string> args);

}  // namespace tessera
