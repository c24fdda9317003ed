// What a model is fed from token shards: counts, padding, and which held-out samples an evaluation reads.
#include "framework/train/batches.h"

#include "framework/config/parse.h"
#include "framework/data/token_split.h"
#include "framework/train/assemble.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

constexpr const char* kBert = R"(
model: {type: bert, layers: 1, hidden: 8, heads: 1, context: 100, vocab: 261, next_sentence: true}
data: {sentence_pairs: true, validation: 0.2}
batch: {sequences: 8}
)";

Config config_of(const char* text, const std::vector<std::string>& sets) {
  return parse_config(text, "batches", sets);
}

class BatchesTest : public testing::Test {
 protected:
  /// Thirty documents.
  BatchesTest() {
    std::vector<std::string> texts;
    for (size_t d = 0; d < 30; ++d) texts.push_back(random_text(d, 600));
    shards_ = make_shards(folder_, texts);
  }
  std::unique_ptr<Batches> batches(const Config& config) const {
    return make_batches(config, shards_);
  }

  TemporaryFolder folder_;
  std::shared_ptr<const TokenShards> shards_;
};

const std::vector<float>& reals(const Feed& feed, const std::string& name) {
  for (const auto& [key, values] : feed.reals)
    if (key == name) return values;
  throw std::out_of_range(name);
}

TEST_F(BatchesTest, MaskRateWhoseProductRoundsUp) {
  const Config config = config_of(kBert, {"data.mask_rate=14%"});
  EXPECT_EQ(masked_positions(config), 14);  // 0.14 · 100 is a little above 14
  EXPECT_EQ(reals(batches(config)->update(0)[0], "weights").size(), 8u * 14u);
}

TEST_F(BatchesTest, HeldOutPartWithoutASampleIsRefused) {
  // The tail of one document, a single token: no room for two sentences.
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, {random_text(1, 400)});
  const Config config = config_of(kBert, {"data.validation=0.004"});
  expect_contains(error_of([&] { make_batches(config, shards); }),
                  "the held-out part, 1 tokens, has no text to make a sample of");
  const Config without = config_of(kBert, {"data.validation=0.004", "evaluate.every=0 steps"});
  EXPECT_EQ(make_batches(without, shards)->evaluation_batches(), 0);
}

}  // namespace
}  // namespace tessera
