// A file of ranks and the tiktoken.json beside it.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_ranks(std::string_view input) {
  std::map<std::string, std::string> files;
  files["x.tiktoken"] = take_part(input);
  if (!input.empty()) files["tiktoken.json"] = input;
  check_files(std::move(files));
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(tiktoken, tessera::read_ranks)
