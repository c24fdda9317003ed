#include "framework/tokenizer/normalizer.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

TEST(Normalizer, RefusesReplacementsThatDoubleATextAgainAndAgain) {
  const ReplaceText twice{Pattern::literal("a"), "aa"};
  const Normalizer normalizer(std::vector<NormalizerStep>(40, twice));
  std::string text = "a";
  expect_contains(error_of([&] { normalizer.apply(text); }), "replacements make more than");
}

}  // namespace
}  // namespace tessera
