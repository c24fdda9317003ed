// A file of torch.save, archive or stream, with all its tensors.
#include "framework/formats/pytorch_file.h"

#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_tensors.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

void read(std::string_view input) {
  static const TemporaryFolder folder;
  write_file(folder / "x", std::string(input));
  read_all_tensors(PytorchFile(folder / "x"));
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(pytorch_file, tessera::read)
