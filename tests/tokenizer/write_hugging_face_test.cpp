#include "framework/tokenizer/write_hugging_face.h"

#include "framework/core/json.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

nlohmann::json json_of(const TokenizerFiles& files, const char* name) {
  return parse_json_object(files.all().at(name), name);
}

TEST(WriteHuggingFace, ByteLevelBpe) {
  const TrainedBpe bpe{.tokens = {"<|endoftext|>", "a", "b", "ab"}, .merges = {{"a", "b"}}};
  const TokenizerFiles files =
      hugging_face_files(bpe, {.normalizer = TrainingNormalizer::nfc,
                               .pre_tokenizer = TrainingPreTokenizer::llama3,
                               .specials = {"<|endoftext|>"}});
  const nlohmann::json json = json_of(files, "tokenizer.json");
  EXPECT_EQ(json["added_tokens"][0]["content"], "<|endoftext|>");
  EXPECT_EQ(json["added_tokens"][0]["special"], true);
  EXPECT_EQ(json["normalizer"]["type"], "NFC");
  EXPECT_EQ(json["pre_tokenizer"]["pretokenizers"][0]["type"], "Split");
  EXPECT_EQ(json["decoder"]["type"], "ByteLevel");
  EXPECT_EQ(json["model"]["vocab"]["ab"], 3);
  EXPECT_EQ(json["model"]["merges"], nlohmann::json::parse(R"([["a","b"]])"));
  EXPECT_EQ(json_of(files, "tokenizer_config.json")["eos_token"], "<|endoftext|>");
  EXPECT_EQ(files.all().size(), 2u);
}

TEST(WriteHuggingFace, WordPiece) {
  const TokenizerFiles files = hugging_face_files({"[UNK]", "[CLS]", "[SEP]", "a", "##b"},
                                                  {.normalizer = TrainingNormalizer::bert_lower,
                                                   .pre_tokenizer = TrainingPreTokenizer::bert,
                                                   .specials = {"[UNK]", "[CLS]", "[SEP]"},
                                                   .most_tokens = 512});
  EXPECT_EQ(files.all().at("vocab.txt"), "[UNK]\n[CLS]\n[SEP]\na\n##b\n");
  const nlohmann::json json = json_of(files, "tokenizer.json");
  EXPECT_EQ(json["model"]["type"], "WordPiece");
  EXPECT_EQ(json["normalizer"]["lowercase"], true);
  EXPECT_EQ(json["post_processor"]["special_tokens"]["[SEP]"]["ids"][0], 2);
  const nlohmann::json config = json_of(files, "tokenizer_config.json");
  EXPECT_EQ(config["model_max_length"], 512);
  EXPECT_EQ(config["cls_token"], "[CLS]");
}

TEST(WriteHuggingFace, NamesWhatIsWrong) {
  const TokenizerShape bert{.pre_tokenizer = TrainingPreTokenizer::bert, .specials = {"[PAD]"}};
  expect_contains(error_of([&] { hugging_face_files(std::vector<std::string>{"a"}, bert); }),
                  "WordPiece needs the special token [UNK]");
  expect_contains(
      error_of([&] { hugging_face_files(std::vector<std::string>{"a"}, TokenizerShape{}); }),
      "use the pre-tokenizer 'bert'");
  expect_contains(error_of([&] {
                    hugging_face_files(TrainedBpe{.tokens = {"\xff"}, .merges = {}},
                                       {.specials = {"\xff"}});
                  }),
                  "is not UTF-8");
}

}  // namespace
}  // namespace tessera
