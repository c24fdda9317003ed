#include "models/open_corpus.h"

#include <filesystem>
#include <map>

#include "framework/core/error.h"

namespace tessera {

Corpus open_corpus(const Config& config) {
  require(config.data.is_given(),
          "data.shards is not set: make token shards with `tessera tokenize FILES… --out DIR` and "
          "set data.shards: DIR");
  std::vector<CorpusSource> sources;
  const int64_t length = config.sequence_length();
  std::map<std::filesystem::path, TokenSplit> opened;  // a folder may stand twice
  for (const DataSourceConfig& part : config.data.parts()) {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::weakly_canonical(part.shards, error);
    auto found = opened.find(folder);
    if (found == opened.end())
      found = opened.emplace(folder, split_tokens(TokenShards::open(part.shards), *part.validation))
                  .first;
    CorpusSource source{.name = part.name,
                        .split = found->second,
                        .weight = part.weight,
                        .epochs = part.epochs,
                        .from = static_cast<uint64_t>(part.from.samples(length))};
    if (part.until) source.until = static_cast<uint64_t>(part.until->samples(length));
    sources.push_back(std::move(source));
  }
  return Corpus(std::move(sources));
}

}  // namespace tessera
