// A safetensors file: its header and its tensors, of every type.
#include "framework/formats/safetensors_tensors.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_tensors.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

void read(std::string_view input) {
  static const TemporaryFolder folder;
  write_file(folder / "x", std::string(input));
  read_all_tensors(SafetensorsTensors(folder / "x"));
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(safetensors, tessera::read)
