// Which of a folder's files make its tokenizer.
#include "framework/tokenizer/files_of_folder.h"

#include "tests/temporary_folder.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

class TokenizerFolder : public ::testing::Test {
 protected:
  void ranks(const std::string& name, int tokens) {
    static constexpr const char* kLetters[] = {"YQ==", "Yg==", "Yw==", "ZA==", "ZQ=="};
    std::string text;
    for (int i = 0; i < tokens; ++i)
      text += std::string(kLetters[i]) + " " + std::to_string(i) + "\n";
    write_file(folder_ / name, text);
  }
  void sidecar() {
    write_file(folder_ / "tiktoken.json",
               R"({"pattern": "\\p{L}+", "special_tokens": {"<|endoftext|>": 9}})");
  }
  std::string refusal() {
    return error_of([&] { load_tokenizer(folder_.path()); });
  }

  TemporaryFolder folder_;
};

TEST_F(TokenizerFolder, OfSeveralFilesOfRanksNoneIsPicked) {
  sidecar();
  ranks("one.tiktoken", 2);
  EXPECT_EQ(file_of_tokens(*load_tokenizer(folder_.path())), "one.tiktoken");
  ranks("two.tiktoken", 3);
  expect_contains(refusal(), "holds several tokenizers of one kind: one.tiktoken, two.tiktoken");
  expect_contains(refusal(),
                  "name the file that is meant, such as " + (folder_ / "one.tiktoken").string());
  EXPECT_EQ(load_tokenizer(folder_ / "two.tiktoken")->encode("c"), (std::vector<int32_t>{2}));
  write_file(folder_ / "two.tiktoken", "damaged");  // is one by its name
  expect_contains(refusal(), "one.tiktoken, two.tiktoken");
}

TEST_F(TokenizerFolder, TheUsualNameCountsAndOthersAreNotKept) {
  sidecar();
  ranks("a.model", 2);
  ranks("tokenizer.model", 3);
  ranks("z.tiktoken", 4);
  const auto tokenizer = load_tokenizer(folder_.path());
  EXPECT_EQ(file_of_tokens(*tokenizer), "tokenizer.model");
  EXPECT_EQ(tokenizer->encode("abcd"), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_EQ(tokenizer->files().all().size(), 2);  // with tiktoken.json
}

TEST_F(TokenizerFolder, ModelsWithANumberBehindAreModels) {
  const std::string model = piece("<unk>", 0, kUnknown) + piece("a") + training(1) + identity();
  write_file(folder_ / "mistral.model.v7m1", model);
  EXPECT_EQ(file_of_tokens(*load_tokenizer(folder_.path())), "mistral.model.v7m1");
  write_file(folder_ / "mistral.model.vocabulary.txt", "notes");
  write_file(folder_ / "mistral.model.v", "notes");
  EXPECT_EQ(file_of_tokens(*load_tokenizer(folder_.path())), "mistral.model.v7m1");
  write_file(folder_ / "mistral.model.v3", model);
  expect_contains(refusal(), "mistral.model.v3, mistral.model.v7m1");
  write_file(folder_ / "tokenizer.model", model);
  EXPECT_EQ(file_of_tokens(*load_tokenizer(folder_.path())), "tokenizer.model");
}

TEST_F(TokenizerFolder, AFileOfAnyNameTravels) {
  sidecar();
  ranks("letters", 3);
  const auto tokenizer = load_tokenizer(folder_ / "letters");
  tokenizer->files().write(folder_ / "copy" / std::string(kTokenizerFolder));
  EXPECT_EQ(make_tokenizer(tokenizer->description(), folder_ / "copy")->encode("abc"),
            (std::vector<int32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace tessera
