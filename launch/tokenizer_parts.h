// What `tessera tokenizer show` says of each part of a tokenizer, with the tables of characters that
// it uses (framework/tokenizer/unicode.h).
#pragma once

#include <string>

#include "framework/tokenizer/pipeline.h"

namespace tessera {

std::string described(const NormalizerStep& step);
std::string described(const PreTokenizerStep& step);
std::string described(const TokenModel& model);
std::string described(const AddedTokens& tokens);

}  // namespace tessera
