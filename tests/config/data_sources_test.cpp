// data.sources: a list of maps in a file or on the command line, its text, and what is wrong with it.
#include "framework/config/model_kind.h"
#include "framework/config/print.h"
#include "models/model.h"
#include "tests/config/expect_error.h"

namespace tessera {
namespace {

Config read(const std::string& text, const std::vector<std::string>& sets = {}) {
  return parse_config(shipped_models().kinds(), text, "run.yaml", sets);
}

TEST(DataSources, AreReadAndPrintedAlike) {
  const Config config = read(gpt(R"(data:
  validation: 3%
  sources:
    - {shards: texts/wiki/, weight: 3, until: 5k samples}
    - shards: "odd, name"
      weight: 1.5
      name: odd
      epochs: 2
      validation: 0
      from: 20M tokens
)"));
  const std::vector<DataSourceConfig> parts = config.data.parts();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].name, "wiki");
  EXPECT_EQ(parts[0].weight, 3.0);
  EXPECT_EQ(parts[0].validation, 0.03);
  EXPECT_EQ(parts[0].until->samples(1024), 5000);
  EXPECT_EQ(parts[1].shards, "odd, name");
  EXPECT_EQ(parts[1].name, "odd");
  EXPECT_EQ(parts[1].epochs, 2.0);
  EXPECT_EQ(parts[1].validation, 0.0);
  EXPECT_EQ(parts[1].from.samples(1024), 19532);  // rounded up
  EXPECT_FALSE(parts[1].until.has_value());
  EXPECT_TRUE(config.data.holds_out());
  EXPECT_EQ(config.data.place(), "texts/wiki/, odd, name");
  EXPECT_EQ(read(to_yaml(config)).data, config.data);
  EXPECT_NE(effective_table(config).find("sources=[{shards: texts/wiki/, weight: 3, until: 5000"),
            std::string::npos);
}

TEST(DataSources, OneFolderIsASource) {
  const Config config = read(gpt("data: {shards: a/b}\n"));
  ASSERT_EQ(config.data.parts().size(), 1u);
  EXPECT_EQ(config.data.parts()[0].name, "b");
  EXPECT_EQ(config.data.parts()[0].validation, 0.05);
  EXPECT_TRUE(read(gpt()).data.parts().empty());
}

TEST(DataSources, CanBeSetOnTheCommandLine) {
  const Config config = read(gpt("data: {sources: [{shards: x}]}\n"),
                             {"data.sources=[{shards: a, weight: 3}, {shards: b, weight: 1}]"});
  ASSERT_EQ(config.data.sources.size(), 2u);
  EXPECT_EQ(config.data.sources[1].shards, "b");
  EXPECT_TRUE(
      read(gpt("data: {sources: [{shards: x}]}\n"), {"data.sources=[]"}).data.sources.empty());
}

TEST(DataSources, MistakesSayWhatToWrite) {
  const auto wrong = [](const std::string& list, const std::string& what) {
    const std::string error = error_of(gpt("data: {sources: " + list + "}\n"));
    EXPECT_NE(error.find("run.yaml:2:"), std::string::npos) << error;
    EXPECT_NE(error.find(what), std::string::npos) << error;
  };
  wrong("[{shards: a, wieght: 3}]",
        "data.sources: source 1 (line 2): unknown key 'wieght'; did you mean weight?");
  wrong("[{shards: a}, {weight: 3}]", "source 2 (line 2): shards must be stated");
  wrong("[{shards: a, shards: b}]", "'shards' stands twice");
  wrong("[{shards: a, weight: 0}]", "source 1 (line 2): weight: '0' is out of range");
  wrong("[{shards: a, epochs: [1]}]", "epochs: expected number or auto; write one value");
  wrong("[{shards: a, until: 5 steps}]",
        "until: '5 steps' is not a place in the data; write it such as '5000 samples' or '20M "
        "tokens', or auto");
  wrong("[{shards: a, from: 5}]", "from: '5' has no unit; write '5 samples' or '5 tokens'");
  wrong("[a, b]", "source 1 (line 2): expected a map such as {shards: a, weight: 3}");
  wrong("{shards: a}", "expected list of maps, found a map");
  wrong("a", "expected a list of maps; write it such as [{shards: a, weight: 3}");
  wrong("[{shards: a, weight: 1}, {shards: b}]", "1 of 2 sources have a weight; give all");
  wrong(
      "[{shards: a/x}, {shards: b/x}]",
      "two sources are called x; give one of them another name, such as {shards: b/x, name: x-2}");
  wrong("[{shards: a, from: 10 samples, until: 10 samples}]",
        "a: until 10 samples is not after from");
  wrong("[{shards: a, validation: 0}]", "evaluate.every = 200 steps needs held-out data");
  wrong("[{shards: a}, {shards: a/, name: b, validation: 2%}]",
        "a/ stands twice, once with validation 0.05 and once with 0.02");
  wrong("[{shards: a}], shards: b", "data.shards and data.sources are both set");
  const std::string set = error_of(gpt(), {"data.sources=[{shards: a"});
  EXPECT_NE(set.find("--set data.sources: '[{shards: a' is no list of maps"), std::string::npos)
      << set;
}

}  // namespace
}  // namespace tessera
