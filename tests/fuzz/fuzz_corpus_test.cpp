// Every fuzz target gets its kept corpus, and a fixed number of mutations of it.
#include <algorithm>
#include <cstring>
#include <vector>

#include "tests/fuzz/fuzz_target.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kInputs = 300;  // of each target
#else
constexpr uint64_t kInputs = 3000;
#endif

std::vector<std::string> corpus_of(const std::string& target) {
  std::vector<fs::path> paths;
  for (const auto& entry :
       fs::directory_iterator(fs::path(source_dir()) / "tests/fuzz/corpus" / target))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  inputs.reserve(paths.size());
  for (const fs::path& path : paths) inputs.push_back(read_file(path));
  return inputs;
}

/// Up to four changes: bits, bytes, extreme numbers, cuts, doublings and parts of another input.
std::string mutated(std::string text, const std::string& other, const Random& random,
                    uint64_t input) {
  static constexpr uint64_t kExtremes[] = {0, 1, 0xff, 0x7fffffff, uint64_t{1} << 48, ~uint64_t{0}};
  const uint64_t changes = 1 + random.below(4, input, 0);
  for (uint64_t c = 0; c < changes && !text.empty(); ++c) {
    const auto draw = random.block(input, 1 + c);
    const size_t at = draw[1] % text.size();
    switch (draw[2] % 6) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1 << draw[3] % 8));
        break;
      case 1:
        text[at] = static_cast<char>(draw[3]);
        break;
      case 2:
        std::memcpy(text.data() + at, &kExtremes[draw[3] % 6],
                    std::min(sizeof(uint64_t), text.size() - at));
        break;
      case 3:
        text.erase(at, draw[3] % 32);
        break;
      case 4:
        text.insert(at, text.substr(at, draw[3] % 64));
        break;
      default:
        if (!other.empty()) text.insert(at, other.substr(draw[3] % other.size(), draw[0] % 64));
    }
  }
  return text;
}

class FuzzCorpus : public testing::TestWithParam<std::string> {};

TEST_P(FuzzCorpus, MutationsGiveAResultOrAUserError) {
  const FuzzFunction target = fuzz_targets().at(GetParam());
  const std::vector<std::string> corpus = corpus_of(GetParam());
  ASSERT_FALSE(corpus.empty());
  for (const std::string& input : corpus) EXPECT_NO_THROW(run_fuzz_target(target, input));
  const Random random(1, "test.fuzz." + GetParam());
  for (uint64_t i = 0; i < kInputs; ++i) {
    const auto draw = random.block(i, 0);
    const std::string input =
        mutated(corpus[draw[2] % corpus.size()], corpus[draw[3] % corpus.size()], random, i);
    EXPECT_NO_THROW(run_fuzz_target(target, input)) << i;
  }
}

std::vector<std::string> names_of_targets() {
  std::vector<std::string> names;
  for (const auto& [name, function] : fuzz_targets()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(names_of_targets()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tessera
