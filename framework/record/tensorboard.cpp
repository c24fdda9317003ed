#include "framework/record/tensorboard.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <system_error>
#include <vector>

#include "framework/core/crc32c.h"
#include "framework/core/error.h"
#include "framework/core/json_number.h"
#include "framework/record/tensorboard_event.pb.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kPrefix = "events.out.tfevents.", kSuffix = ".tessera";

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <typename T>
void append_little_endian(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::string record_of(const tensorboard::Event& event) {
  const std::string bytes = event.SerializeAsString();
  std::string record;
  append_little_endian(record, static_cast<uint64_t>(bytes.size()));
  append_little_endian(record, masked_crc32c(record));
  record += bytes;
  append_little_endian(record, masked_crc32c(bytes));
  return record;
}

/// The number in the name of an event file; -1 when `name` is not one.
int64_t number_of(const std::string& name) {
  int64_t number = -1;
  if (name.starts_with(kPrefix))
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
  return number;
}

/// The name of a file that comes after file `number`: TensorBoard reads a folder's files in the
/// order of their names.
std::string name_behind(int64_t number) {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("{}{:010}.{}.{}{}", kPrefix,
                     std::max(static_cast<int64_t>(seconds_since_1970()), number + 1), host,
                     ::getpid(), kSuffix);
}

/// Whether a member of a line is drawn as a curve.
bool is_curve(std::string_view name) {
  constexpr std::array<std::string_view, 7> kOthers{
      "step", "tokens", "skipped", "seconds", "eval_seconds", "peak_gflops", "flops_per_token"};
  return std::ranges::find(kOthers, name) == kOthers.end();
}

bool is_figure(const Json& value) {
  return value.is_number() || value == "nan" || value == "inf" || value == "-inf";
}

double run_seconds_of(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  return json.is_object() && json.contains("seconds") && json["seconds"].is_number()
             ? json["seconds"].get<double>()
             : -1;
}

template <typename Action>
void each_line(const fs::path& path, const Action& action) {
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);) action(line);
}

}  // namespace

TensorBoard::TensorBoard(const fs::path& folder, const fs::path& metrics) {
  std::vector<fs::path> own;
  int64_t newest = 0;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    const int64_t number = number_of(name);
    if (number < 0) continue;
    newest = std::max(newest, number);
    if (name.ends_with(kSuffix)) own.push_back(it->path());
  }
  file_.emplace(folder / name_behind(newest));

  double passed = 0;  // seconds of the run, up to the last line
  each_line(metrics,
            [&](const std::string& line) { passed = std::max(passed, run_seconds_of(line)); });
  const double now = seconds_since_1970();
  double wall_time = now - passed;
  tensorboard::Event event;
  event.set_wall_time(wall_time);
  event.set_file_version("brain.Event:2");
  std::string records = record_of(event);
  event.mutable_session_log()->set_status(tensorboard::SessionLog::START);  // from step 0 on
  records += record_of(event);
  each_line(metrics, [&](const std::string& line) {
    if (const double seconds = run_seconds_of(line); seconds >= 0)
      wall_time = now - passed + seconds;
    records += records_of(line, wall_time);
    if (records.size() < (1 << 20)) return;
    file_->append(records);
    records.clear();
  });
  file_->append(records);
  for (const fs::path& path : own) fs::remove(path, error);
}

void TensorBoard::write(std::string_view line) {
  file_->append(records_of(line, seconds_since_1970()));
}

std::string TensorBoard::records_of(std::string_view line, double now) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("step")) return "";
  last_wall_time_ = std::max(last_wall_time_, now);
  tensorboard::Event event;
  event.set_wall_time(last_wall_time_);
  event.set_step(json["step"].get<int64_t>());
  for (const auto& [name, number] : json.items()) {
    if (!is_curve(name) || !is_figure(number)) continue;
    tensorboard::Summary::Value& value = *event.mutable_summary()->add_value();
    const bool of_evaluation = name.starts_with("eval_");
    value.set_tag(of_evaluation ? "eval/" + name.substr(5) : "train/" + name);
    value.set_simple_value(static_cast<float>(from_json_number(number, name)));
  }
  return record_of(event);
}

}  // namespace tessera
