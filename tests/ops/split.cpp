#include "tests/ops/split.h"

#include <algorithm>

namespace tessera {
namespace {

/// For element `i` of a part, its place in the whole: both are arrays over the factors of all dims,
/// outermost first.
class PartPlaces {
 public:
  PartPlaces(const IndexRule& rule, const IndexRule::Operand& dims, int index, int64_t parts,
             int64_t which) {
    for (const auto& dim : dims)
      for (int factor : dim) {
        const int64_t size = rule.indices[static_cast<size_t>(factor)].size;
        const bool cut = factor == index;
        whole_.push_back(size);
        part_.push_back(cut ? size / parts : size);
        first_.push_back(cut ? size / parts * which : 0);
      }
  }
  int64_t operator()(int64_t i) const {
    int64_t place = 0, stride = 1;
    for (size_t f = whole_.size(); f-- > 0;) {
      place += (first_[f] + i % part_[f]) * stride;
      i /= part_[f];
      stride *= whole_[f];
    }
    return place;
  }

 private:
  std::vector<int64_t> whole_, part_, first_;
};

}  // namespace

bool has_index(const IndexRule::Operand& dims, int index) {
  return std::any_of(dims.begin(), dims.end(), [index](const IndexRule::Dim& dim) {
    return std::find(dim.begin(), dim.end(), index) != dim.end();
  });
}

TensorType part_type(const TensorType& type, const IndexRule&, const IndexRule::Operand& dims,
                     int index, int64_t parts) {
  TensorType part = type;
  for (size_t d = 0; d < dims.size(); ++d)
    if (std::find(dims[d].begin(), dims[d].end(), index) != dims[d].end()) part.shape[d] /= parts;
  return part;
}

Tensor take_part(const Tensor& whole, const IndexRule& rule, const IndexRule::Operand& dims,
                 int index, int64_t parts, int64_t which) {
  if (!has_index(dims, index)) return whole;
  Tensor part(part_type(whole.type(), rule, dims, index, parts));
  const PartPlaces place(rule, dims, index, parts, which);
  const size_t size = size_of(whole.type().dtype);
  for (int64_t i = 0; i < part.type().numel(); ++i)
    std::memcpy(static_cast<char*>(part.bytes()) + static_cast<size_t>(i) * size,
                static_cast<const char*>(whole.bytes()) + static_cast<size_t>(place(i)) * size,
                size);
  return part;
}

void put_part(const Tensor& part, Tensor& whole, const IndexRule& rule,
              const IndexRule::Operand& dims, int index, int64_t parts, int64_t which) {
  const PartPlaces place(rule, dims, index, parts, which);
  const size_t size = size_of(whole.type().dtype);
  for (int64_t i = 0; i < part.type().numel(); ++i)
    std::memcpy(static_cast<char*>(whole.bytes()) + static_cast<size_t>(place(i)) * size,
                static_cast<const char*>(part.bytes()) + static_cast<size_t>(i) * size, size);
}

}  // namespace tessera
