#include "framework/data/text_windows.h"

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

TEST(TextWindows, AreFullAndReachBothEnds) {
  const TemporaryFolder folder;
  const auto shards =
      make_shards(folder, {std::string(10, 'a'), std::string(25, 'b'), "c", std::string(31, 'd')});
  const TokenSplit split = split_tokens(shards, 0);
  const TextWindows windows(split.train, 10, 2);
  ASSERT_EQ(windows.count(), 1u + 3 + 0 + 4);
  for (uint64_t w = 0; w < windows.count(); ++w) {
    for (const double jitter : {0.0, 0.3, 0.999999}) {
      const TextWindows::Window window = windows.window(w, jitter);
      EXPECT_EQ(window.end - window.begin, 10u);
      EXPECT_GE(window.begin, window.text.begin);
      EXPECT_LE(window.end, window.text.end);
      std::vector<int32_t> ids(10);
      split.train.read(window.begin, ids);
      for (int32_t id : ids) EXPECT_EQ(id, "abcd"[window.text.piece]);
    }
  }
  EXPECT_EQ(windows.window(1, 0).begin, windows.window(1, 0).text.begin);
  EXPECT_EQ(windows.window(3, 0.999999).end, windows.window(3, 0).text.end);
  EXPECT_THROW(windows.window(windows.count(), 0), InternalError);
}

}  // namespace
}  // namespace tessera
