// GPT-2's vocab.json and merges.txt.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_gpt2(std::string_view input) {
  std::map<std::string, std::string> files;
  files["vocab.json"] = take_part(input);
  files["merges.txt"] = input;
  check_files(std::move(files));
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(gpt2_files, tessera::read_gpt2)
