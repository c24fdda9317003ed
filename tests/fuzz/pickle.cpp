// A pickle alone, and the tensors that it describes.
#include "framework/formats/pickle.h"

#include "framework/formats/torch_tensors.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read(std::string_view input) {
  ByteCursor cursor(std::as_bytes(std::span(input)), "the pickle");
  const TorchTensors all = torch_tensors(read_pickle(cursor, "the pickle"), "the pickle");
  for (const TorchTensor& tensor : all.tensors) {
    const int64_t elements = all.storages.at(tensor.storage).elements;
    check(numel(tensor.tensor.shape) <= elements || tensor.tensor.shape.empty(),
          "tensor '{}' is larger than its storage", tensor.name);
  }
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(pickle, tessera::read)
