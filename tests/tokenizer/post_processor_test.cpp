#include "framework/tokenizer/post_processor.h"

#include <gtest/gtest.h>

#include "framework/tokenizer/hugging_face_post_processor.h"
#include "tests/tokenizer/golden_json.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;

TEST(PostProcessor, IdsAndTypesAreThoseOfTheReference) {
  const nlohmann::json golden = golden_json("post_processors.json");
  const Ids first = golden["first"].get<Ids>(), second = golden["second"].get<Ids>();
  for (const auto& one : golden["cases"]) {
    const PostProcessor processor =
        parse_post_processor(one["processor"], golden["vocab_size"].get<int64_t>(), "test");
    EXPECT_EQ(processor.apply(first), one["single"].get<Ids>()) << one["processor"];
    EXPECT_EQ(processor.types(first.size()), one["single_types"].get<Ids>()) << one["processor"];
    EXPECT_EQ(processor.apply(first, second), one["pair"].get<Ids>()) << one["processor"];
    EXPECT_EQ(processor.types(first.size(), second.size()), one["pair_types"].get<Ids>())
        << one["processor"];
  }
  EXPECT_GE(golden["cases"].size(), 19U);
}

}  // namespace
}  // namespace tessera
