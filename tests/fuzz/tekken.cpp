// A tekken.json.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_tekken_json(std::string_view input) {
  check_files({{"tekken.json", std::string(input)}});
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(tekken, tessera::read_tekken_json)
