// GenerationSize: what the memory and the graphs of generation follow from: how many texts lie side
// by side and how long they get. A prompt is read alone, block by block, into caches of one row;
// from these it is put into a row of the caches that decoding uses. So a text meets the same
// products, and gets the same bits, whatever it is decoded beside. Where one text is all there is,
// it is decoded in the prompt's caches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

struct GenerationSize {
  int64_t rows = 1;       // texts side by side
  int64_t positions = 0;  // tokens of the longest text, its prompt included
  int64_t prompt = 0;     // tokens of the longest prompt
  int64_t window = 0;     // the model's sliding window; 0: none
  bool reorders = false;  // rows take over one another's caches, as in beam search

  /// Whether the decoding caches are rings of `window` positions.
  bool ring() const { return window > 0 && positions > window; }
  /// Whether decoding uses the prompt's caches.
  bool in_place() const { return rows == 1 && !ring() && !reorders; }
  /// Whether the prompt's caches keep the latest positions alone.
  bool latest() const;
  int64_t prompt_cache() const;
  int64_t decode_cache() const { return ring() ? window : prompt_cache(); }
};

/// The lengths of the blocks in which a prompt of `tokens` tokens is read; the last one may reach
/// beyond the prompt. They depend on nothing else.
std::vector<int64_t> prompt_blocks(int64_t tokens);

/// The lengths that the blocks of prompts of up to `longest` tokens have.
std::vector<int64_t> block_lengths(int64_t longest);

/// "prompt.64": the graph that reads a block of that length.
std::string block_graph(int64_t length);

}  // namespace tessera
