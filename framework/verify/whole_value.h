// WholeValue: a tensor as all ranks together hold it, put together from their parts and cut into
// parts again. A value that is partial is summed. Ranks that hold the same part must hold the same
// bits.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "framework/core/tensor_type.h"
#include "framework/mesh/layout.h"

namespace tessera {

struct WholeValue {
  TensorType type;
  std::vector<std::byte> bytes;

  std::vector<double> numbers() const;
};

/// Two ranks whose copies of one part differ.
struct DifferentCopies {
  int64_t first, second;
};

struct Gathered {
  WholeValue whole;
  std::optional<DifferentCopies> different;
};

/// Puts a value together from the parts of all ranks of the mesh, in order.
Gathered gather(const TensorType& type, const Layout& layout, const Mesh& mesh,
                const std::vector<const std::byte*>& parts);

/// A rank's part. With a partial layout the first rank along its axes gets all, the others get
/// zeros.
std::vector<std::byte> part_of(const WholeValue& whole, const Layout& layout, const Mesh& mesh,
                               int64_t rank);

}  // namespace tessera
