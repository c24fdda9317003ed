#include "framework/verify/whole_value.h"

#include <cstring>
#include <map>

namespace tessera {
namespace {

std::vector<double> to_numbers(DType dtype, const std::byte* bytes, int64_t count) {
  std::vector<double> out(static_cast<size_t>(count));
  dispatch(dtype, "a captured value", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto* from = reinterpret_cast<const T*>(bytes);
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(from[i]);
  });
  return out;
}

void from_numbers(const std::vector<double>& numbers, DType dtype, std::byte* bytes) {
  dispatch_float(dtype, "a partial sum", [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto* to = reinterpret_cast<T*>(bytes);
    for (size_t i = 0; i < numbers.size(); ++i)
      if constexpr (std::is_same_v<T, double>)
        to[i] = numbers[i];
      else
        to[i] = T(static_cast<float>(numbers[i]));
  });
}

std::vector<int64_t> partial_place(const Layout& layout, const Mesh& mesh, int64_t rank) {
  std::vector<int64_t> out;
  for (AxisId axis : layout.partial) out.push_back(mesh.coordinate(rank, axis));
  return out;
}

}  // namespace

std::vector<double> WholeValue::numbers() const {
  return to_numbers(type.dtype, bytes.data(), type.numel());
}

Gathered gather(const TensorType& type, const Layout& layout, const Mesh& mesh,
                const std::vector<const std::byte*>& parts) {
  Gathered out{{type, std::vector<std::byte>(type.bytes())}, std::nullopt};
  const Box all = Box::whole(type.shape);
  const bool partial = !layout.partial.empty();
  check(!partial || layout.reduction == Reduction::sum, "only sums are put together");
  std::vector<double> sum(partial ? static_cast<size_t>(type.numel()) : 0);
  using Key = std::pair<std::string, std::vector<int64_t>>;
  std::map<Key, int64_t> seen;
  for (int64_t rank = 0; rank < mesh.size(); ++rank) {
    const Box box = box_of(type.shape, layout, mesh, rank);
    const std::byte* part = parts[static_cast<size_t>(rank)];
    const auto bytes = static_cast<size_t>(box.numel()) * size_of(type.dtype);
    const auto [known, is_new] =
        seen.insert({{to_string(box), partial_place(layout, mesh, rank)}, rank});
    if (!is_new) {
      const std::byte* other = parts[static_cast<size_t>(known->second)];
      if (!out.different && std::memcmp(part, other, bytes) != 0)
        out.different = {known->second, rank};
      continue;
    }
    if (!partial) {
      copy_box(box, box, part, all, out.whole.bytes.data(), size_of(type.dtype));
      continue;
    }
    const auto numbers = to_numbers(type.dtype, part, box.numel());
    std::vector<double> addend(sum.size());
    copy_box(box, box, numbers.data(), all, addend.data(), sizeof(double));
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += addend[i];
  }
  if (partial) from_numbers(sum, type.dtype, out.whole.bytes.data());
  return out;
}

std::vector<std::byte> part_of(const WholeValue& whole, const Layout& layout, const Mesh& mesh,
                               int64_t rank) {
  const Box box = box_of(whole.type.shape, layout, mesh, rank);
  const size_t size = size_of(whole.type.dtype);
  std::vector<std::byte> now(static_cast<size_t>(box.numel()) * size);
  bool holds = true;
  for (int64_t at : partial_place(layout, mesh, rank)) holds = holds && at == 0;
  if (holds) copy_box(box, Box::whole(whole.type.shape), whole.bytes.data(), box, now.data(), size);
  return now;
}

}  // namespace tessera
