// Configs of other programs with values of every type in every key: each is read, or refused with a
// message that names the file and the key.
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "models/outside_model.h"
#include "tests/models/family_golden.h"

namespace tessera::testing {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<Json> kValues{nullptr,
                                true,
                                -1,
                                0,
                                1.5,
                                1e300,
                                {},
                                Json::array({1, "a", nullptr}),
                                "",
                                "text\n\x01;",
                                "1e",
                                Json::array(),
                                INT64_MAX,
                                UINT64_MAX,
                                Json{{"rope_type", 3}, {"factor", "x"}}};

/// What is said of a folder; empty where it is read.
std::string said_of(const fs::path& folder) {
  try {
    const OutsideModel model(shipped_models(), folder);
    model.config(model.task_settings());
    return "";
  } catch (const UserError& error) {
    return error.what();
  }
}

class ConfigTypes : public ::testing::TestWithParam<const char*> {};

TEST_P(ConfigTypes, OfEveryKey) {
  const TemporaryFolder folder;
  fs::copy(family_folder(GetParam()), folder / "model");
  const Json config = Json::parse(read_file(folder / "model/config.json"));
  int refused = 0;
  for (const auto& [key, value] : config.items())
    for (const Json& wrong : kValues) {
      Json changed = config;
      changed[key] = wrong;
      write_file(folder / "model/config.json", changed.dump());
      const std::string error = said_of(folder / "model");
      if (error.empty()) continue;
      ++refused;
      EXPECT_NE(error.find("config.json"), std::string::npos) << key << wrong << ": " << error;
      EXPECT_NE(error.find(key), std::string::npos) << key << wrong << ": " << error;
    }
  EXPECT_GT(refused, 50);
}

INSTANTIATE_TEST_SUITE_P(Families, ConfigTypes,
                         ::testing::Values("gpt2", "llama-yarn", "mistral", "qwen2",
                                           "bert-classifier", "roberta", "distilbert"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tessera::testing
