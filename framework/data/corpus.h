// The text of a run: one folder of token shards, or several that are mixed. Its sources are of one
// tokenizer, and their documents have the same marks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "framework/data/mixture.h"
#include "framework/data/token_split.h"

namespace tessera {

struct CorpusSource {
  std::string name;
  TokenSplit split;
  std::optional<double> weight = {};  // of all sources, or of none: then the samples in its epochs
  std::optional<double> epochs = {};  // passes at most
  uint64_t from = 0, until = Mixture::kEndless;  // the samples of the run among which it is
};

class Corpus {
 public:
  /// The constructor is implicit: one split is a Corpus.
  Corpus(const TokenSplit& split) : sources_{{.name = "", .split = split}} {}
  /// Throws UserError when the sources are of different tokenizers or have different marks.
  explicit Corpus(std::vector<CorpusSource> sources);

  const std::vector<CorpusSource>& sources() const { return sources_; }
  const TokenShards& shards(size_t source) const { return sources_[source].split.train.shards(); }
  const std::shared_ptr<const Tokenizer>& tokenizer() const { return shards(0).shared_tokenizer(); }
  const DocumentMarks& marks() const { return shards(0).marks(); }
  /// The first source that reads the same folder: `source` itself, unless the folder stands twice.
  size_t first_of_folder(size_t source) const;
  /// TokenShards::identity of all folders: equal for equal contents, wherever the folders lie.
  std::string identity() const;
  /// The mixture, with the number of samples that each source has in an epoch.
  Mixture mixture(std::span<const uint64_t> samples_per_epoch) const;

 private:
  std::vector<CorpusSource> sources_;
};

}  // namespace tessera
