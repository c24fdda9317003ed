// The tokenizer inside a GGUF file: whatever its keys say, it is refused or keeps to its ids.
#include "framework/tokenizer/gguf_tokenizer.h"

#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

void read_gguf(std::string_view input) {
  static const TemporaryFolder folder;
  write_file(folder / "x", std::string(input));
  check_files(gguf_tokenizer_files(folder / "x"));
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(gguf_tokenizer, tessera::read_gguf)
