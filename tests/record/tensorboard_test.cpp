// The event file, read back: framing and checksums by hand, the events by protobuf.
#include "framework/record/tensorboard.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>

#include "framework/core/crc32c.h"
#include "framework/record/tensorboard_event.pb.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

template <typename T>
T take(std::string_view& bytes) {
  T value{};
  EXPECT_GE(bytes.size(), sizeof value);
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  bytes.remove_prefix(std::min(bytes.size(), sizeof value));
  return value;
}

std::vector<tensorboard::Event> events_of(const fs::path& path) {
  const std::string file = read_file(path);
  std::vector<tensorboard::Event> events;
  for (std::string_view rest = file; !rest.empty();) {
    const std::string_view length_bytes = rest.substr(0, 8);
    const auto length = take<uint64_t>(rest);
    EXPECT_EQ(take<uint32_t>(rest), masked_crc32c(length_bytes));
    if (length > rest.size()) {
      ADD_FAILURE() << "a record of " << length << " bytes";
      break;
    }
    const std::string_view bytes = rest.substr(0, length);
    rest.remove_prefix(length);
    EXPECT_EQ(take<uint32_t>(rest), masked_crc32c(bytes));
    EXPECT_TRUE(events.emplace_back().ParseFromString(std::string(bytes)));
  }
  return events;
}

TEST(TensorBoard, ChecksumIsTheStandardOne) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);              // the usual check value
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);    // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);  // RFC 3720, B.4
  EXPECT_EQ(masked_crc32c("123456789"), 0xc78ab0e5u);
}

TEST(TensorBoard, ReadsBack) {
  TemporaryFolder folder;
  write_file(folder.path / "metrics.jsonl",
             R"({"step":8,"loss":2.5,"lr":0.125,"tokens":64,"seconds":3.5})"
             "\n"
             R"({"step":8,"eval_loss":"nan","eval_bits_per_byte":3,"eval_seconds":0.5})"
             "\nno line\n"
             R"({"step":9,"loss":2,"note":"mine","seconds":4.0})"
             "\n");
  TensorBoard board(folder.path, folder.path / "metrics.jsonl");
  board.write(R"({"step":10,"loss":1.5,"skipped":0,"seconds":4.5})");
  const auto events = events_of(board.path());
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  EXPECT_EQ(events[1].session_log().status(), tensorboard::SessionLog::START);
  EXPECT_EQ(events[1].step(), 0);
  EXPECT_EQ(events[2].step(), 8);
  ASSERT_EQ(events[2].summary().value_size(), 2);
  EXPECT_EQ(events[2].summary().value(0).tag(), "train/loss");
  EXPECT_EQ(events[2].summary().value(0).simple_value(), 2.5f);
  EXPECT_EQ(events[2].summary().value(1).tag(), "train/lr");
  ASSERT_EQ(events[3].summary().value_size(), 2);
  EXPECT_EQ(events[3].summary().value(0).tag(), "eval/loss");
  EXPECT_TRUE(std::isnan(events[3].summary().value(0).simple_value()));
  EXPECT_EQ(events[3].summary().value(1).tag(), "eval/bits_per_byte");
  ASSERT_EQ(events[4].summary().value_size(), 1);
  EXPECT_EQ(events[5].step(), 10);
  EXPECT_GT(events[2].wall_time(), 1.6e9);
  EXPECT_NEAR(events[4].wall_time() - events[2].wall_time(), 0.5, 1e-3);
  for (size_t i = 1; i < events.size(); ++i)
    EXPECT_LE(events[i - 1].wall_time(), events[i].wall_time());
}

/// Field numbers and wire types by hand, so that a slip in the .proto cannot hide behind itself.
TEST(TensorBoard, BytesAreThoseOfThePublicFormat) {
  TemporaryFolder folder;
  TensorBoard board(folder.path, folder.path / "metrics.jsonl");
  board.write(R"({"step":3,"a":1.0})");
  const std::string file = read_file(board.path());
  // Event: 1 wall_time (fixed64), 2 step (varint), 5 summary (16 bytes): 1 value (14 bytes): 1 tag,
  // 2 simple_value.
  const std::string tail = file.substr(file.size() - 4 - 20, 20);
  EXPECT_EQ(tail, std::string("\x10\x03\x2a\x10\x0a\x0e\x0a\x07train/"
                              "a\x15\x00\x00\x80\x3f",
                              20));
  EXPECT_EQ(file[file.size() - 4 - 20 - 9], '\x09');
}

using Curves = std::map<std::string, std::vector<std::pair<int64_t, float>>>;

/// What TensorBoard shows: it reads a folder's files in the order of their names, and a start has
/// it forget the points from its step on.
Curves shown_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const std::string& name : names_in(folder))
    if (name.find("tfevents") != std::string::npos) names.push_back(name);
  std::sort(names.begin(), names.end());
  Curves curves;
  for (const std::string& name : names)
    for (const tensorboard::Event& event : events_of(folder / name)) {
      if (event.session_log().status() == tensorboard::SessionLog::START)
        for (auto& [tag, points] : curves)
          std::erase_if(points, [&](const auto& p) { return p.first >= event.step(); });
      for (const auto& value : event.summary().value())
        curves[value.tag()].emplace_back(event.step(), value.simple_value());
    }
  return curves;
}

/// Expects that every step of metrics.jsonl is shown, once and in order.
void expect_all_shown(const fs::path& folder) {
  Curves wanted;
  std::istringstream in(read_file(folder / "metrics.jsonl"));
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    const std::string part = json.contains("eval_loss") ? "eval" : "train";
    wanted[part + "/loss"].emplace_back(
        json.at("step"), json.at(part == "eval" ? "eval_loss" : "loss").get<float>());
  }
  const Curves shown = shown_in(folder);
  for (const char* tag : {"train/loss", "eval/loss"}) {
    ASSERT_TRUE(shown.contains(tag)) << tag;
    EXPECT_EQ(shown.at(tag), wanted.at(tag)) << tag;
  }
  for (const auto& [tag, points] : shown)
    EXPECT_TRUE(std::ranges::is_sorted(points, std::less_equal<>(), [](auto& p) {
      return p.first;
    })) << tag;
}

/// Starts a run again and again, which ends by an exception before each of `cuts` (updates);
/// `between` runs after each end.
void cut_and_go_on(
    const fs::path& folder, const std::vector<int64_t>& cuts,
    const std::function<void()>& between = [] {}) {
  const Config config = toy_config(folder, {"log.tensorboard=true", "log.every=1 steps"});
  for (const int64_t cut : cuts) {
    ToyRun toy(config);
    toy.learner.before_step = [&](int64_t index) {
      if (index == cut) throw UserError("cut");
    };
    EXPECT_EQ(user_error_of([&] { toy.run(); }), "cut");
    between();
  }
  ToyRun last(config);
  EXPECT_EQ(last.run().state.step, 40);
  expect_all_shown(folder);
}

TEST(TensorBoard, ShowsEveryStepOnceWhereverARunWasCut) {
  for (const std::vector<int64_t>& cuts :
       {std::vector<int64_t>{0}, {1}, {3, 3}, {4}, {5}, {6, 7}, {11, 21, 31}, {39}}) {
    TemporaryFolder folder;
    cut_and_go_on(folder.path, cuts);
  }
}

TEST(TensorBoard, ShowsTheEvaluationOfAStopOnce) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path, {"log.tensorboard=true"});
  for (int attempt = 0; attempt < 3; ++attempt) {
    ToyRun toy(config);
    toy.learner.before_step = [&](int64_t index) {
      if (attempt == 0 && index == 9) ::raise(SIGTERM);         // before the evaluation of step 10
      if (attempt == 1 && index == 10) throw UserError("cut");  // behind it, and not yet saved
    };
    if (attempt == 1)
      EXPECT_EQ(user_error_of([&] { toy.run(); }), "cut");
    else
      toy.run();
  }
  expect_all_shown(folder.path);
}

TEST(TensorBoard, DoesNotMindTheClock) {
  TemporaryFolder folder;
  int cut = 0;
  // The clock was far ahead, and back again later: all files seem to be of the future.
  cut_and_go_on(folder.path, {9, 19, 29}, [&] {
    ++cut;
    for (const std::string& name : names_in(folder.path))
      if (name.starts_with("events."))
        fs::rename(folder.path / name,
                   folder.path / fmt::format("events.out.tfevents.{}.host.1.{}", 4000000000 + cut,
                                             cut == 2 ? "tessera" : "of-an-earlier-version"));
  });
}

TEST(TensorBoard, CatchesUpWithWhatItMissed) {
  TemporaryFolder folder;
  cut_and_go_on(folder.path, {13, 27}, [&] {
    for (const std::string& name : names_in(folder.path))
      if (name.starts_with("events.")) fs::remove(folder.path / name);
  });
}

TEST(TensorBoard, RemovesNoFilesButItsOwn) {
  TemporaryFolder folder;
  const std::string mine = "events.out.tfevents.1700000000.host.7.0";
  write_file(folder.path / mine, "");
  cut_and_go_on(folder.path, {13, 27});
  size_t files = 0;
  for (const std::string& name : names_in(folder.path)) files += name.starts_with("events.");
  EXPECT_EQ(files, 2u);
  EXPECT_TRUE(fs::exists(folder.path / mine));
}

TEST(TensorBoard, TwoStartsInOneSecondDoNotMix) {
  TemporaryFolder folder;
  const TensorBoard first(folder.path, "none"), second(folder.path, "none");
  EXPECT_NE(first.path(), second.path());
}

}  // namespace
}  // namespace tessera::testing
