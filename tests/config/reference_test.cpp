// The committed reference page and editor schema are what the list of keys generates. After a
// change of a key: TESSERA_WRITE_DOCS=1 test_config --gtest_filter='Reference.*' writes them anew.
#include "framework/config/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "framework/config/print.h"
#include "models/model.h"
#include "tests/config/expect_error.h"
#include "tests/places.h"

namespace tessera {
namespace {

void expect_committed(const std::string& file, const std::string& generated) {
  const std::string path = (source_dir() + "/docs/") + file;
  if (std::getenv("TESSERA_WRITE_DOCS")) std::ofstream(path) << generated;
  std::ifstream stream(path);
  std::ostringstream committed;
  committed << stream.rdbuf();
  EXPECT_TRUE(committed.str() == generated)
      << path << " is not what framework/config/fields.h generates; write it anew with\n"
      << "TESSERA_WRITE_DOCS=1 test_config --gtest_filter='Reference.*'";
}

TEST(Reference, CommittedPageIsTheGeneratedOne) {
  expect_committed("config.md", config_reference_markdown(shipped_models().kinds()));
}

TEST(Reference, CommittedSchemaIsTheGeneratedOne) {
  expect_committed("config.schema.json", config_schema_json(shipped_models().kinds()));
}

TEST(Reference, EveryKeyIsDocumentedOnceAndCanBeSet) {
  std::set<std::string> seen;
  for (const KeyDoc& key : config_keys(shipped_models().kinds())) {
    EXPECT_TRUE(seen.insert(key.path).second) << key.path;
    EXPECT_TRUE(key.doc.ends_with('.')) << key.path;
    EXPECT_FALSE(key.type.empty()) << key.path;
    if (key.standard == "required" || key.standard == "\"\"") continue;
    const std::vector<std::string> sets = {key.path + "=" + key.standard};
    parse_config(shipped_models().kinds(), gpt(), "run.yaml", sets);
  }
  EXPECT_GT(seen.size(), 50u);
}

TEST(Reference, SchemaKnowsEveryKey) {
  const nlohmann::json schema = nlohmann::json::parse(config_schema_json(shipped_models().kinds()));
  for (const KeyDoc& key : config_keys(shipped_models().kinds())) {
    const size_t dot = key.path.find('.');
    const auto& section = schema["properties"][key.path.substr(0, dot)];
    EXPECT_FALSE(section["additionalProperties"].get<bool>());
    EXPECT_EQ(section["properties"][key.path.substr(dot + 1)]["description"], key.doc);
  }
  nlohmann::json names;
  for (const ModelDef& row : shipped_models().rows) names.push_back(row.kind.name);
  EXPECT_EQ(schema["properties"]["model"]["properties"]["type"]["enum"], names);
  EXPECT_EQ(schema["required"], nlohmann::json({"model"}));
}

}  // namespace
}  // namespace tessera
