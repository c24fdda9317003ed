#include "framework/config/value.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "framework/config/nearest.h"

namespace tessera {
namespace {

template <typename T>
std::optional<T> read(std::string_view text, Limits limits = {}) {
  T value{};
  return read_value(text, limits, value).empty() ? std::optional<T>(value) : std::nullopt;
}

TEST(Value, Integers) {
  EXPECT_EQ(read<int64_t>("0"), 0);
  EXPECT_EQ(read<int64_t>("-7"), -7);
  EXPECT_EQ(read<int64_t>("20M"), 20'000'000);
  EXPECT_EQ(read<int64_t>("1.5k"), 1500);
  EXPECT_EQ(read<int64_t>("2 B"), 2'000'000'000);
  EXPECT_EQ(read<int64_t>("1000T"), kMaxCount);
  EXPECT_EQ(read<int64_t>("+12"), 12);
  for (const char* text : {"", " 1", "++1", "+-1", "+", "+ 1", "1.0", "1e3", "0x10", "1001T",
                           "1.2345k", "M", "1m", "1 2", "--1", "1-", "nan", "99999999999999999999"})
    EXPECT_FALSE(read<int64_t>(text)) << text;
}

TEST(Value, NumbersAndFractions) {
  EXPECT_EQ(read<double>("3e-4"), 3e-4);
  EXPECT_EQ(read<double>("-.5"), -0.5);
  EXPECT_EQ(read<double>("+1e-3"), 1e-3);
  EXPECT_EQ(read<double>("5%", fraction(0, 1)), 0.05);
  EXPECT_EQ(read<double>("2.5 %", fraction(0, 1)), 0.025);
  EXPECT_FALSE(read<double>("5%"));
  for (const char* text : {"", "1e400", "inf", "nan", "0x1p3", "1,5", "1 ", "%"})
    EXPECT_FALSE(read<double>(text, fraction(0, 1))) << text;
  for (double value : {0.1, 1.0 / 3, 6e-4, 1e-300, 123456789.125, 1e22})
    EXPECT_EQ(read<double>(value_text(value)), value);
}

TEST(Value, NumbersBeyondAllAreOutOfRangeAndNotNoNumbers) {
  const auto complaint = [](auto value, std::string_view text) {
    return read_value(text, Limits{}, value);
  };
  const auto expect_range = [](const Complaint& text) {
    EXPECT_NE(text.find("out of range"), std::string::npos) << text;
  };
  for (const char* text : {"18446744073709551616", "-18446744073709551616", "1001T"})
    expect_range(complaint(int64_t{}, text));
  expect_range(complaint(double{}, "1e400"));
  expect_range(complaint(double{}, "-1e400"));
  expect_range(complaint(double{}, "1e-400"));
  expect_range(complaint(Duration{}, "18446744073709551616 steps"));
  expect_range(complaint(Duration{}, "2000T tokens"));
  expect_range(complaint(ByteSize{}, "18446744073709551616 GiB"));
  EXPECT_NE(complaint(int64_t{}, "1e3").find("not an integer"), std::string::npos);
}

TEST(Value, TextsArePathsOfTheUser) {
  std::string path;
  ASSERT_NE(::getenv("HOME"), nullptr);
  EXPECT_EQ(read_value("~/runs", Limits{}, path), "");
  EXPECT_EQ(path, std::string(::getenv("HOME")) + "/runs");
  EXPECT_NE(read_value("~other/runs", Limits{}, path), "");
  EXPECT_NE(read_value("$HOME/runs", Limits{}, path), "");
}

TEST(Value, NumbersPrintAsNumbersInEveryYaml) {
  EXPECT_EQ(value_text(1e-5), "1.0e-05");  // YAML 1.1 takes 1e-05 for text
  EXPECT_EQ(value_text(0.25), "0.25");
  EXPECT_EQ(value_text(10000.0), "10000");
}

TEST(Value, Durations) {
  EXPECT_EQ(read<Duration>("500 steps"), Duration::of_steps(500));
  EXPECT_EQ(read<Duration>("1 step"), Duration::of_steps(1));
  EXPECT_EQ(read<Duration>(" 2.5M  tokens "), Duration::of_tokens(2'500'000));
  for (const char* text : {"", "500", "steps", "500steps", "500 epochs", "1.5 steps", "-1 steps",
                           "500 steps tokens", "1e18 steps", "2000T tokens"})
    EXPECT_FALSE(read<Duration>(text)) << text;
  for (const Duration& duration :
       {Duration{}, Duration::of_steps(1'000'000), Duration::of_tokens(0), Duration::of_tokens(7),
        Duration::of_tokens(3'000'000), Duration::of_tokens(7'000'000'000)})
    EXPECT_EQ(read<Duration>(to_string(duration)), duration) << to_string(duration);
  EXPECT_EQ(to_string(Duration::of_tokens(20'000'000)), "20M tokens");
}

TEST(Value, DurationsInSteps) {
  EXPECT_EQ(Duration::of_steps(7).steps(100), 7);
  EXPECT_EQ(Duration::of_tokens(700).steps(100), 7);
  EXPECT_EQ(Duration::of_tokens(701).steps(100), 8);
  EXPECT_EQ(Duration::of_tokens(kMaxCount).steps(1), kMaxCount);
  EXPECT_THROW(Duration::of_tokens(1).steps(0), InternalError);
}

TEST(Value, Sizes) {
  EXPECT_EQ(read<ByteSize>("8 GiB"), ByteSize{int64_t{8} << 30});
  EXPECT_EQ(read<ByteSize>("0.5GiB"), ByteSize{int64_t{1} << 29});
  EXPECT_EQ(read<ByteSize>("100 MB"), ByteSize{100'000'000});
  EXPECT_EQ(read<ByteSize>("12 B"), ByteSize{12});
  for (const char* text : {"", "8", "8G", "8 gib", "GiB", "-1 GiB", "0.3 B", "99999999 TiB"})
    EXPECT_FALSE(read<ByteSize>(text)) << text;
  for (int64_t bytes : {int64_t{0}, int64_t{1}, int64_t{1} << 40, (int64_t{1} << 40) + 1024})
    EXPECT_EQ(read<ByteSize>(to_string(ByteSize{bytes})), ByteSize{bytes});
}

TEST(Value, EveryChoiceReadsBack) {
  for (const std::string& name : choice_names<Isa>()) EXPECT_EQ(value_text(*read<Isa>(name)), name);
  for (const std::string& name : choice_names<Schedule::Type>())
    EXPECT_EQ(value_text(*read<Schedule::Type>(name)), name);
  EXPECT_EQ(choice_names<Isa>().size(), 5u);
  for (Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx})
    EXPECT_EQ(choice_name(isa), to_string(isa));
}

TEST(Value, LongAndBrokenTextIsShownSafely) {
  EXPECT_EQ(shown("a\nb\xff"), "'a?b?'");
  EXPECT_LT(shown(std::string(100000, 'x')).size(), 100u);
}

TEST(Nearest, CountsEditsAndSwaps) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("layres", "layers"), 1u);
}

TEST(Nearest, FindsWhatIsCloseAndNothingElse) {
  const std::vector<std::string> names = {"layers", "hidden", "heads", "lr"};
  EXPECT_EQ(nearest("layer", names), "layers");
  EXPECT_EQ(nearest("hiden", names), "hidden");
  EXPECT_EQ(nearest("hid", names), "hidden");
  EXPECT_EQ(nearest("lrr", names), "lr");
  EXPECT_EQ(nearest("colour", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(nearest(std::string(100000, 'l'), names), std::nullopt);
}

}  // namespace
}  // namespace tessera
