// What the tests of the data room share: shards made from texts.
#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "framework/data/token_shards.h"
#include "framework/data/tokenize.h"
#include "tests/temporary_folder.h"

namespace tessera {

/// Writes each text to a file of the folder `text`, and tokenizes them into the folder `shards`.
inline std::shared_ptr<const TokenShards> make_shards(const TemporaryFolder& folder,
                                                      const std::vector<std::string>& texts,
                                                      const TokenizeOptions& options = {}) {
  for (size_t i = 0; i < texts.size(); ++i)
    write_file(folder / "text" / fmt::format("{:05}.txt", i), texts[i]);
  tokenize({folder / "text"}, folder / "shards", ByteTokenizer{}, options);
  return TokenShards::open(folder / "shards");
}

/// first, first + 1, …: `count` numbers.
inline std::vector<uint64_t> numbers_from(uint64_t first, uint64_t count) {
  std::vector<uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace tessera
