// ForeignTensors: the tensors of a file, or of several that belong together, that another program
// wrote, under that program's names and in its types. Readers of single formats implement it:
// safetensors, GGUF, PyTorch's own. What the names mean to a model is said by tables in models/.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "framework/core/tensor_type.h"
#include "framework/formats/stored_type.h"

namespace tessera {

struct ForeignTensor {
  StoredType type = StoredType::f32;
  Shape shape;  // row-major, the last dimension the fastest, whatever the file's own order
};

class ForeignTensors {
 public:
  virtual ~ForeignTensors() = default;

  /// What messages call the file or folder: its path.
  virtual std::string title() const = 0;
  /// Names in the order of the file.
  virtual std::vector<std::string> names() const = 0;
  virtual bool contains(const std::string& name) const = 0;
  /// Throws UserError when there is no tensor of that name.
  virtual const ForeignTensor& tensor(const std::string& name) const = 0;
  /// Elements [first, first + out.size()) in row-major order. Every type but f64 and the wide
  /// integers is converted without rounding; quantised ones give what their format defines. May be
  /// called by several threads at once.
  virtual void read(const std::string& name, int64_t first, std::span<float> out) const = 0;
};

}  // namespace tessera
