// BERT's vocab.txt.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_vocab(std::string_view input) { check_files({{"vocab.txt", std::string(input)}}); }

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(vocab_txt, tessera::read_vocab)
