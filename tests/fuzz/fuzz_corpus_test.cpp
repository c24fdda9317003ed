// Every fuzz target gets its kept corpus, and a fixed number of mutations of it.
#include <algorithm>
#include <vector>

#include "tests/fuzz/fuzz_target.h"
#include "tests/mutated.h"
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
