#include "framework/tokenizer/post_processor.h"

namespace tessera {
namespace {

using Item = PostProcessor::Item;

std::vector<int32_t> fill(const std::vector<Item>& items, std::span<const int32_t> first,
                          std::span<const int32_t> second) {
  std::vector<int32_t> ids;
  for (const Item& item : items) {
    if (item.kind == Item::Kind::special) {
      ids.push_back(item.id);
      continue;
    }
    const auto text = item.kind == Item::Kind::first ? first : second;
    ids.insert(ids.end(), text.begin(), text.end());
  }
  return ids;
}

std::vector<int32_t> fill_types(const std::vector<Item>& items, size_t first, size_t second) {
  std::vector<int32_t> types;
  for (const Item& item : items) {
    size_t count = 1;
    if (item.kind != Item::Kind::special) count = item.kind == Item::Kind::first ? first : second;
    types.insert(types.end(), count, item.type);
  }
  return types;
}

}  // namespace

std::vector<int32_t> PostProcessor::apply(std::span<const int32_t> text) const {
  return fill(single, text, {});
}

std::vector<int32_t> PostProcessor::apply(std::span<const int32_t> first,
                                          std::span<const int32_t> second) const {
  return fill(pair, first, second);
}

std::vector<int32_t> PostProcessor::types(size_t text) const { return fill_types(single, text, 0); }

std::vector<int32_t> PostProcessor::types(size_t first, size_t second) const {
  return fill_types(pair, first, second);
}

}  // namespace tessera
