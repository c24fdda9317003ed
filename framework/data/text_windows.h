// Windows of at most a given number of text tokens, each inside one document: what a BERT sample is
// cut from. A long document has ceil(n / length) windows that spread over it and are all full; they
// may overlap. The tokens that open and close a document are no text and are left out.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/data/token_split.h"

namespace tessera {

class TextWindows {
 public:
  /// Pieces with fewer than `shortest` text tokens have no window.
  TextWindows(const TokenPart& part, int64_t length, int64_t shortest);

  struct Text {
    uint64_t piece = 0;
    uint64_t begin = 0, end = 0;  // positions in the part
  };
  struct Window {
    Text text;                    // the whole text it lies in
    uint64_t begin = 0, end = 0;  // positions in the part
    double place = 0;             // where it begins among all places of the text, in [0, 1)
  };

  uint64_t count() const { return first_.back(); }
  /// Window `index`; `jitter` in [0, 1) moves its start within the stretch up to the next window's
  /// start.
  Window window(uint64_t index, double jitter) const;

 private:
  Text text_of(uint64_t piece) const;

  TokenPart part_;
  uint64_t length_;
  std::vector<uint64_t> first_;  // the first window of each piece, and the count after the last
};

}  // namespace tessera
