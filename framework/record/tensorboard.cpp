#include "framework/record/tensorboard.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "framework/core/crc32c.h"
#include "framework/record/tensorboard_event.pb.h"

namespace tessera {
namespace {

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <typename T>
void append_little_endian(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

/// The name that TensorBoard looks for. It reads a folder's files in the order of names, so the time comes first.
std::string event_file_name() {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("events.out.tfevents.{:010}.{}.{}", static_cast<int64_t>(seconds_since_1970()),
                     host, ::getpid());
}

}  // namespace

TensorBoard::TensorBoard(const std::filesystem::path& folder, int64_t next_step) {
  std::filesystem::path path = folder / event_file_name();
  std::error_code error;
  while (std::filesystem::exists(path, error)) path += ".1";  // restarted within a second
  file_.emplace(path);
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_file_version("brain.Event:2");
  append_record(event.SerializeAsString());
  event.set_step(next_step);
  event.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  append_record(event.SerializeAsString());
}

void TensorBoard::write(int64_t step, const std::vector<std::pair<std::string, double>>& scalars) {
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_step(step);
  for (const auto& [tag, number] : scalars) {
    tensorboard::Summary::Value& value = *event.mutable_summary()->add_value();
    value.set_tag(tag);
    value.set_simple_value(static_cast<float>(number));
  }
  append_record(event.SerializeAsString());
}

void TensorBoard::append_record(std::string_view bytes) {
  std::string record;
  append_little_endian(record, static_cast<uint64_t>(bytes.size()));
  append_little_endian(record, masked_crc32c(record));
  record += bytes;
  append_little_endian(record, masked_crc32c(bytes));
  file_->append(record);
}

}  // namespace tessera
