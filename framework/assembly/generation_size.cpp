#include "framework/assembly/generation_size.h"

#include <fmt/format.h>

#include <algorithm>

namespace tessera {
namespace {

/// A block costs about as much as its products, but a short one at least as much as reading the
/// weights once. So a block is used from `least` tokens on.
struct Block {
  int64_t length, least;
};
constexpr Block kBlocks[] = {{512, 449}, {64, 17}, {8, 1}};

/// Places that a prompt takes with what its last block has beyond its end.
int64_t read_positions(const GenerationSize& size) {
  return (size.prompt + kBlocks[1].length + 7) / 8 * 8;
}

/// Places that a block of the greatest length and the window before it take.
int64_t latest_positions(const GenerationSize& size) {
  return size.window + block_lengths(size.prompt).front();
}

}  // namespace

bool GenerationSize::latest() const {
  return ring() && latest_positions(*this) < read_positions(*this);
}

int64_t GenerationSize::prompt_cache() const {
  if (latest()) return latest_positions(*this);
  return ring() ? read_positions(*this) : std::max(read_positions(*this), positions);
}

std::vector<int64_t> prompt_blocks(int64_t tokens) {
  std::vector<int64_t> out;
  while (tokens > 0) {
    const Block* block = std::begin(kBlocks);
    while (tokens < block->least) ++block;
    out.push_back(block->length);
    tokens -= block->length;
  }
  return out;
}

std::vector<int64_t> block_lengths(int64_t longest) {
  std::vector<int64_t> out;
  for (const Block& block : kBlocks)
    if (longest >= block.least) out.push_back(block.length);
  return out;
}

std::string block_graph(int64_t length) { return fmt::format("prompt.{}", length); }

}  // namespace tessera
