#include "framework/ops/shared/listed.h"

#include "framework/core/dims.h"

namespace tessera {
namespace {

int64_t batch_of(const Attrs& attrs) { return attrs.has("batch") ? attrs.integer("batch") : 0; }

}  // namespace

TensorType listed(const TensorType& x, const TensorType& indices, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), x.rank()), batch = batch_of(attrs);
  require(batch >= 0, "the indices share {} dims", batch);
  require(batch <= dim, "dim {} is among the first {}, which the indices share", dim, batch);
  Shape shared(x.shape.begin(), x.shape.begin() + batch);
  const bool fits = indices.dtype == DType::i32 && indices.rank() == batch + 1 &&
                    std::equal(shared.begin(), shared.end(), indices.shape.begin());
  require(fits || batch > 0, "indices must be a list of i32, not {}", indices);
  require(fits, "indices must be a list of i32 for each of {}, not {}", to_string(shared), indices);
  TensorType out = x;
  out.shape[static_cast<size_t>(dim)] = indices.shape.back();
  return out;
}

std::string listed_names(const TensorType& x, const Attrs& attrs, std::string_view named) {
  const int64_t dim = checked_dim(attrs.integer("dim"), x.rank());
  std::string names;
  for (int64_t d = 0; d < x.rank(); ++d)
    names += d == dim ? fmt::format(" {}", named) : fmt::format(" d{}", d);
  return names;
}

std::string listed_batch(const Attrs& attrs) {
  std::string names;
  for (int64_t d = 0; d < batch_of(attrs); ++d) names += fmt::format(" d{}", d);
  return names;
}

}  // namespace tessera
