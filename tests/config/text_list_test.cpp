// Keys that hold lists of texts, in YAML, with --set, printed and read again.
#include "framework/config/text_list.h"

#include <gtest/gtest.h>

#include "framework/config/print.h"
#include "tests/config/expect_error.h"

namespace tessera {
namespace {

constexpr const char* kGpt = "model: {type: gpt, layers: 1, hidden: 8, heads: 1}\n";

using Texts = std::vector<std::string>;

Texts frozen(const std::string& text, const Texts& sets = {}) {
  return parse_config(shipped_models().kinds(), kGpt + text, "run.yaml", sets).tune.freeze;
}

TEST(TextList, IsReadInEveryForm) {
  EXPECT_EQ(frozen(""), Texts{});
  EXPECT_EQ(frozen("tune: {freeze: []}"), Texts{});
  EXPECT_EQ(frozen("tune: {freeze: layer.0}"), Texts{"layer.0"});
  EXPECT_EQ(frozen("tune: {freeze: [a, 'b, c', 7]}"), (Texts{"a", "b, c", "7"}));
  EXPECT_EQ(frozen("tune:\n  freeze:\n    - a\n    - 'b: c'\n"), (Texts{"a", "b: c"}));
  EXPECT_EQ(frozen("", {"tune.freeze=[a, \"b, c\"]"}), (Texts{"a", "b, c"}));
  EXPECT_EQ(frozen("tune: {freeze: a}", {"tune.freeze="}), Texts{});
}

TEST(TextList, IsPrintedAsItIsRead) {
  for (const Texts& texts : {Texts{}, Texts{"a"}, Texts{"a: b"}, Texts{"[x"}, Texts{""},
                             Texts{"a, b", "c", "d \"e\"", "#f", "-", "ü", "null"}}) {
    Config config = parse_config(shipped_models().kinds(), kGpt, "run.yaml", Texts{});
    config.tune.freeze = texts;
    EXPECT_EQ(parse_config(shipped_models().kinds(), to_yaml(config), "again", Texts{}).tune.freeze,
              texts);
    Texts again;
    EXPECT_EQ(read_value(value_text(texts), {}, again), "");
    if (texts != Texts{""}) {
      EXPECT_EQ(again, texts);
    }
  }
}

TEST(TextList, SaysWhatItIsNot) {
  const auto expect = [](const std::string& text, const std::string& part, const Texts& sets = {}) {
    const std::string error = error_of(kGpt + text, sets);
    EXPECT_NE(error.find(part), std::string::npos) << error;
  };
  expect("tune: {freeze: [[a]]}", "line 2: expected a text; write a list such as [a, b]");
  expect("tune: {freeze: {a: b}}", "expected text or list of texts, found a map");
  expect("", "is no list of texts; write it such as [a, b]", {"tune.freeze=[a"});
  expect("", "is no list of texts; write it such as [a, b]", {"tune.freeze=[a] b"});
}

}  // namespace
}  // namespace tessera
