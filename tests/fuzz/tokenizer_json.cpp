// A tokenizer.json.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_json(std::string_view input) { check_files({{"tokenizer.json", std::string(input)}}); }

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(tokenizer_json, tessera::read_json)
