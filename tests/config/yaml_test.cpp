// Foreign bytes handed over as a config: always a UserError that says where, never a crash.
#include <gtest/gtest.h>

#include <random>

#include "framework/config/print.h"
#include "models/model.h"
#include "tests/config/expect_error.h"

namespace tessera {
namespace {

TEST(Yaml, RefusesWhatIsNoConfig) {
  EXPECT_EQ(
      error_of(""),
      "run.yaml: the config is empty; it needs at least the section 'model' (see docs/config.md)");
  EXPECT_EQ(error_of("# nothing\n"), error_of(""));
  EXPECT_EQ(error_of("~"), error_of(""));
  EXPECT_EQ(error_of("gpt"),
            "run.yaml:1:1: a config is a map of sections such as 'model:', not a single value");
  EXPECT_EQ(error_of("- model"),
            "run.yaml:1:1: a config is a map of sections such as 'model:', not a list");
  EXPECT_EQ(error_of("a: 1\nb: {c: 1\n"),
            "run.yaml:3:1: not valid YAML: end of map flow not found");
  EXPECT_NE(error_of("model:\n\ttype: gpt\n").find("; indent with spaces, not with tabs"),
            std::string::npos);
  EXPECT_EQ(error_of(std::string("model:\n a\0b", 11)),
            "run.yaml:2:3: byte 0x00 is not text; a config is a YAML file in UTF-8");
  EXPECT_EQ(error_of("\xFFm"),
            "run.yaml:1:1: byte 0xff is not text; a config is a YAML file in UTF-8");
  EXPECT_EQ(error_of("a: \xC0\xAF"),
            "run.yaml:1:4: byte 0xc0 is not text; a config is a YAML file in UTF-8");
  EXPECT_EQ(error_of("a: \xED\xA0\x80"),
            "run.yaml:1:4: byte 0xed is not text; a config is a YAML file in UTF-8");
  EXPECT_EQ(error_of(gpt() + "---\n" + gpt()),
            "run.yaml:3:1: a second YAML document begins here; a config is one document");
  EXPECT_EQ(error_of(std::string(300 << 10, ' ')),
            "run.yaml: 307200 bytes are no config; at most 256 KiB are read");
}

TEST(Yaml, RefusesAnchorsAliasesAndTags) {
  EXPECT_EQ(error_of(gpt("train: &a {seed: 7}\n")),
            "run.yaml:2:8: anchors (&name) are not used here; write the value out");
  EXPECT_EQ(error_of(gpt("train: {seed: &a 7, stop_after_nonfinite: *a}\n")),
            "2 problems in the configuration:\n"
            "  run.yaml:2:15: anchors (&name) are not used here; write the value out\n"
            "  run.yaml:2:43: aliases (*name) are not used here; write the value out");
  EXPECT_EQ(error_of(gpt("train: {seed: !!int 7}\n")),
            "run.yaml:2:15: tags (!name) are not used here; remove it");
  // Nine levels of nine aliases each would unfold to 387 million values.
  std::string bomb = "a: &a0 [x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += fmt::format("b{}: &a{} [", i, i);
    for (int j = 0; j < 9; ++j) bomb += fmt::format("*a{},", i - 1);
    bomb += "]\n";
  }
  EXPECT_NE(error_of(bomb).find("aliases"), std::string::npos);
}

TEST(Yaml, RefusesDeepNesting) {
  for (const char* open : {"[", "{a: ", "- ", "? ", "a:\n", "[{a: ", "[a: ", "[? "}) {
    for (int depth : {20, 500, 20000}) {
      std::string text;
      for (int i = 0; i < depth; ++i) text += open;
      EXPECT_NE(error_of(text).find("run.yaml:"), std::string::npos) << open << depth;
    }
  }
  std::string block;
  for (int i = 0; i < 300; ++i) block += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  EXPECT_NE(error_of(block).find("nested too deeply; a config has sections, and keys in them"),
            std::string::npos);
}

TEST(Yaml, FuzzedTextParsesOrIsRefused) {
  constexpr int kInputs = 4000;
  Config config = parse_config(shipped_models().kinds(), gpt(), "run.yaml");
  config.data.shards = "über: \"x\"";
  const std::vector<std::string> seeds = {
      to_yaml(config),
      gpt("train: {seed: 7, steps: 500 steps}\nlog:\n  folder: 'a b'\n  every: 1k tokens\n"),
      bert("data:\n  sentence_pairs: true\n  mask_rate: 15%\n# comment\nbatch: {sequences: "
           "8}\ndevice: {memory: 8 GiB}\n")};
  const std::vector<std::string> pieces = {"[",
                                           "]",
                                           "{",
                                           "}",
                                           ": ",
                                           "- ",
                                           "? ",
                                           "&a ",
                                           "*a",
                                           "!!int ",
                                           "|\n",
                                           ">-\n",
                                           "\"",
                                           "'",
                                           "#",
                                           "---\n",
                                           "...\n",
                                           "%YAML 1.2\n",
                                           "\t",
                                           "\n",
                                           "\r",
                                           "<<: ",
                                           "~",
                                           "\\x",
                                           "\xC3",
                                           "\xE2\x80\xA8",
                                           std::string(1, '\0'),
                                           "auto",
                                           "1e400",
                                           "-0",
                                           "0x7f",
                                           ".inf",
                                           "5%",
                                           "9223372036854775808",
                                           "steps",
                                           "B",
                                           "`",
                                           "@",
                                           ","};
  std::mt19937_64 random(20240607);
  auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  int parsed = 0, refused = 0;
  for (int i = 0; i < kInputs; ++i) {
    std::string text = seeds[below(seeds.size())];
    for (size_t n = 1 + below(4); n > 0; --n) {
      const size_t at = below(text.size() + 1);
      const size_t length = std::min(text.size() - at, below(12));
      switch (below(5)) {
        case 0:
          text.insert(at, pieces[below(pieces.size())]);
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          if (at < text.size()) text[at] = static_cast<char>(below(256));
          break;
        case 3:
          text.insert(below(text.size() + 1), text.substr(at, length));
          break;
        default:
          text.resize(at);
      }
    }
    try {
      const Config read = parse_config(shipped_models().kinds(), text, "fuzz.yaml");
      EXPECT_EQ(parse_config(shipped_models().kinds(), to_yaml(read), "again.yaml"), read) << text;
      ++parsed;
    } catch (const UserError& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
      ++refused;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what() << " from:\n" << text;
    }
  }
  EXPECT_EQ(parsed + refused, kInputs);
  EXPECT_GT(parsed, kInputs / 50);
  EXPECT_GT(refused, kInputs / 2);
}

TEST(Yaml, WideSpacesAreNamedWhereTheyStand) {
  const std::string head = "model:\n  type: gpt\n";
  EXPECT_NE(error_of(head + "  layers:\xC2\xA0"
                            "1\n")
                .find("run.yaml:3:10: U+00A0, a no-break space"),
            std::string::npos)
      << error_of(head +
                  "  layers:\xC2\xA0"
                  "1\n");
  EXPECT_NE(error_of(head + "\xC2\xA0 layers: 1\n").find("run.yaml:3:1: U+00A0"),
            std::string::npos);
  EXPECT_NE(
      error_of(head + "  layers: 1\xE3\x80\x80\n").find("run.yaml:3:12: U+3000, a wide space"),
      std::string::npos);
  EXPECT_NE(error_of(head + "  layers: don't\xC2\xA0\n").find("U+00A0"), std::string::npos);
}

TEST(Yaml, WideSpacesMayStandInQuotesAndComments) {
  const std::string text =
      gpt("# a\xC2\xA0remark, \"\nlog: {folder: 'a\xC2\xA0"
          "b'}  # \xC2\xA0\n"
          "checkpoint: {folder: \"c \\\" \xE3\x80\x80\"}\n");
  const Config config = parse_config(shipped_models().kinds(), text, "run.yaml");
  EXPECT_EQ(config.log.folder,
            "a\xC2\xA0"
            "b");
  EXPECT_EQ(config.checkpoint.folder, "c \" \xE3\x80\x80");
}

TEST(Yaml, Utf16IsNamed) {
  const std::string text("\xff\xfem\0o\0", 6);
  EXPECT_NE(error_of(text).find("this one is in UTF-16; convert it with `iconv"),
            std::string::npos);
}

}  // namespace
}  // namespace tessera
