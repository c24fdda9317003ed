#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "framework/config/parse.h"
#include "framework/config/reference.h"
#include "models/model.h"
#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

const std::string kShipped = source_dir() + "/configs/gpt-small.yaml";

TEST(ConfigVerb, PrintsAConfigThatReadsBackEqual) {
  const ProgramRun run = program({"config", kShipped, "--set", "batch.sequences=4"});
  ASSERT_EQ(run.status, 0) << run.err;
  const std::vector<std::string> sets{"batch.sequences=4"};
  EXPECT_EQ(parse_config(shipped_models().kinds(), run.out, kShipped),
            load_config(shipped_models().kinds(), kShipped, sets));
  EXPECT_EQ(program({"config", kShipped, "--table"}).status, 0);
}

TEST(ConfigVerb, ListsEveryKeyWithItsMeaning) {
  const std::string all = program({"config", "--keys"}).out;
  for (const KeyDoc& key : config_keys(shipped_models().kinds())) {
    EXPECT_NE(all.find(key.path + " = "), std::string::npos) << key.path;
    EXPECT_NE(all.find(key.doc), std::string::npos) << key.path;
  }
  const std::string part = program({"config", "--keys", "optimizer"}).out;
  EXPECT_NE(part.find("optimizer.lr"), std::string::npos);
  EXPECT_EQ(part.find("model."), std::string::npos);
}

TEST(ConfigVerb, PrintsTheGeneratedPages) {
  EXPECT_EQ(program({"config", "--schema"}).out, config_schema_json(shipped_models().kinds()));
  EXPECT_EQ(program({"config", "--markdown"}).out,
            config_reference_markdown(shipped_models().kinds()));
}

TEST(ConfigVerb, MistakesAreUserErrors) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{"config"},
                                               {"config", "no-such-file.yaml"},
                                               {"config", kShipped, "--set", "nonsense"},
                                               {"config", kShipped, "--set", "model.layers=many"},
                                               {"config", "--keys", "--schema"},
                                               {"config", "--schema", kShipped},
                                               {"config", "--keys", "--set", "a.b=1"},
                                               {"config", "--keys", "optimiser"},
                                               {"config", kShipped, "more"}}) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(run.err.starts_with("tessera: error: ")) << run.err;
  }
  EXPECT_NE(program({"config", "--keys", "optimiser"}).err.find("did you mean 'optimizer'?"),
            std::string::npos);
}

}  // namespace
}  // namespace tessera
