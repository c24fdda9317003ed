// A SentencePiece .model.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_model(std::string_view input) { check_files({{"spiece.model", std::string(input)}}); }

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(sentence_piece, tessera::read_model)
