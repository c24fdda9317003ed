// Models of other programs whose parts do not belong together, or that ask for what Tessera does not
// compute: no verb gives numbers of them.
#include <nlohmann/json.hpp>

#include "tests/launch/reference_models.h"

namespace tessera {
namespace {

class WrongModels : public ReferenceModels {
 protected:
  /// A copy of a model in which `change` has changed a JSON file.
  std::string changed(const std::string& name, const std::string& file,
                      const std::function<void(nlohmann::ordered_json&)>& change) {
    fs::copy(family(name), folder_ / "model", fs::copy_options::recursive);
    auto json = nlohmann::ordered_json::parse(read_file(folder_ / "model" / file));
    change(json);
    write_file(folder_ / "model" / file, json.dump());
    return path("model");
  }
};

TEST_F(WrongModels, ATokenWithoutARowIsAnErrorWhereATextHasIt) {
  const std::string model = changed("gpt2", "tokenizer.json", [](nlohmann::ordered_json& json) {
    json["added_tokens"].push_back({{"id", 67},
                                    {"content", "<big>"},
                                    {"single_word", false},
                                    {"lstrip", false},
                                    {"rstrip", false},
                                    {"normalized", false},
                                    {"special", false}});
  });
  write_file(folder_ / "lines.txt", "012<big>3456\n");
  const std::string due = "has the token 67, and the model knows 67 ids, from 0 on";
  expect_contains(bad({"generate", model, "--prompt", "01<big>", "--tokens", "2"}), due);
  expect_contains(bad({"eval", model, path("lines.txt")}), due);
  expect_contains(
      bad({"embed", model, path("lines.txt"), "--pool", "mean", "--out", path("vectors")}), due);
  write_file(folder_ / "lines.txt", "0123456\n");
  good({"eval", model, path("lines.txt")});
}

TEST_F(WrongModels, NumbersThatAreNoneAreNoResult) {
  fs::copy(family("gpt2"), folder_ / "model", fs::copy_options::recursive);
  const fs::path file = folder_ / "model/model-00003-of-00003.safetensors";
  std::string bytes = read_file(file);
  for (size_t i = bytes.size() - 64; i < bytes.size(); ++i) bytes[i] = '\xff';  // NaN in any type
  write_file(file, bytes);
  write_file(folder_ / "lines.txt", "0123456\n");
  write_file(folder_ / "questions.jsonl",
             R"({"context": "01", "choices": ["2", "34"], "answer": 0})"
             "\n");
  const std::string due = "the model gives nan for a text: its weights are damaged";
  for (const std::string input : {"lines.txt", "questions.jsonl"})
    expect_contains(bad({"eval", path("model"), path(input)}), due);
  expect_contains(
      bad({"embed", path("model"), path("lines.txt"), "--pool", "mean", "--out", path("vectors")}),
      due);
  EXPECT_FALSE(fs::exists(folder_ / "vectors"));
}

TEST_F(WrongModels, OneLabelOfSeveralIsAllThatIsTold) {
  const std::string model = changed(
      "bert-classifier", "config.json",
      [](nlohmann::ordered_json& json) { json["problem_type"] = "multi_label_classification"; });
  write_file(folder_ / "rows.tsv", "text\n012\n");
  for (const char* verb : {"predict", "eval"})
    expect_contains(bad({verb, model, path("rows.tsv")}),
                    "config.json: problem_type is \"multi_label_classification\"; Tessera tells "
                    "one label of several (single_label_classification) alone");
}

}  // namespace
}  // namespace tessera
