// Tensors by name, wherever they come from: a checkpoint of Tessera, or the files of others.
// Whoever loads a model asks for the boxes that a rank holds, so that a source is read on any mesh,
// and no rank reads more than it holds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/mesh/box.h"

namespace tessera {

class TensorSource {
 public:
  virtual ~TensorSource() = default;

  /// What messages call the source: a path.
  virtual std::string title() const = 0;
  /// What is known of the source beside its tensors, such as the step of a checkpoint.
  virtual std::map<std::string, std::string> metadata() const = 0;
  virtual std::vector<std::string> names() const = 0;
  virtual bool contains(const std::string& name) const = 0;
  /// The type of the whole tensor; throws UserError when there is no tensor of that name.
  virtual const TensorType& type(const std::string& name) const = 0;
  /// Fills `destination` with the elements of `box` (global indices, row-major); what lies beyond
  /// the tensor becomes zero.
  virtual void read(const std::string& name, const Box& box, void* destination) = 0;
};

/// A tensor that someone wants from a source.
struct WantedTensor {
  std::string name;
  TensorType type;  // the whole tensor's
};

/// Why `source` cannot give `wanted`: one line for each tensor that is missing or of another type;
/// empty when it can.
std::vector<std::string> mismatches(const TensorSource& source,
                                    const std::vector<WantedTensor>& wanted);
/// The names of the tensors of `source` that are none of `wanted`.
std::vector<std::string> surplus(const TensorSource& source,
                                 const std::vector<WantedTensor>& wanted);

}  // namespace tessera
