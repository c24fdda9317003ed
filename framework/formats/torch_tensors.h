// What a pickle of torch.save says of tensors: names, types, shapes, and where their elements lie
// within storages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "framework/formats/foreign_tensors.h"
#include "framework/formats/pickle.h"

namespace tessera {

/// The bytes that several tensors may share.
struct TorchStorage {
  StoredType type = StoredType::f32;
  int64_t elements = 0;
};

struct TorchTensor {
  std::string name;
  ForeignTensor tensor;
  Shape strides;        // in elements
  std::string storage;  // its key
  int64_t offset = 0;   // of the first element: in elements of the storage, or in bytes of the file
  bool contiguous = false;

  int64_t element_bytes() const { return block_of(tensor.type).bytes; }
};

struct TorchTensors {
  std::vector<TorchTensor> tensors;
  std::map<std::string, TorchStorage> storages;  // by key
};

/// The tensors of a dictionary of texts and tensors. Throws UserError that begins with `what` when
/// the pickle is anything else, and for a tensor that reaches beyond its storage or repeats
/// elements.
TorchTensors torch_tensors(const Pickle& pickle, const std::string& what);

}  // namespace tessera
