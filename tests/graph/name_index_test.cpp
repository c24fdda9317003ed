#include "framework/graph/name_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace tessera {
namespace {

struct Named {
  SharedText name;
};

/// Names come and go as in a list that is renamed at random; a map knows where each is.
TEST(NameIndex, FindsWhatIsThereAndNothingElse) {
  std::mt19937 engine(3);
  const auto below = [&](size_t n) { return engine() % n; };
  const auto name = [](size_t i) { return SharedText(fmt::format("value.{}", i)); };
  std::vector<Named> list(200);
  NameIndex index;
  std::map<std::string, int32_t> known;
  for (int turn = 0; turn < 20000; ++turn) {
    const auto at = static_cast<int32_t>(below(list.size()));
    SharedText& now = list[static_cast<size_t>(at)].name;
    if (!now.empty()) {
      index.erase(now.hash(), at);
      known.erase(now.str());
      now = {};
    }
    const SharedText next = name(below(400));
    ASSERT_EQ(index.has(list, next), known.contains(next.str()));
    if (known.contains(next.str())) continue;
    now = next;
    index.insert(next.hash(), at);
    known[next.str()] = at;
  }
  for (size_t i = 0; i < 400; ++i) {
    const SharedText wanted = name(i);
    const NameIndex::Slot* found = index.find(list, wanted, wanted.hash());
    const auto at = known.find(wanted.str());
    ASSERT_EQ(found != nullptr, at != known.end()) << i;
    if (found) {
      EXPECT_EQ(found->at, at->second);
    }
  }
}

TEST(NameIndex, AnEmptyOneHasNothing) {
  const NameIndex index;
  EXPECT_FALSE(index.has(std::vector<Named>{}, SharedText(std::string("x"))));
}

}  // namespace
}  // namespace tessera
