#include "launch/output_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "framework/core/error.h"
#include "launch/overwrite_option.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Whether the name is that of a device or a pipe, such as /dev/null, which has no place beside it.
bool is_stream(const std::string& name) {
  std::error_code error;
  const fs::file_type type = fs::status(name, error).type();
  return type == fs::file_type::character || type == fs::file_type::fifo;
}

}  // namespace

OutputLines::OutputLines(std::string_view verb, const Arguments& given) : name_(given.text("out")) {
  if (!given.has("out")) {
    name_ = "standard output";
    stream_ = stdout;
  } else if (is_stream(name_)) {
    stream_ = std::fopen(name_.c_str(), "w");
    require(stream_ != nullptr, "{}: {} cannot be written: {}", verb, name_, std::strerror(errno));
  } else {
    file_.emplace(verb, name_, overwrite_of(given), OutputFile::Unfinished::kept);
    interrupted_.emplace([this] {
      writing_.lock();  // for ever: no line is begun any more
      say_what_stays();
    });
  }
}

OutputLines::~OutputLines() {
  interrupted_.reset();
  if (!finished_) say_what_stays();
  if (stream_ != nullptr && stream_ != stdout) std::fclose(stream_);
}

void OutputLines::add(std::string_view lines) {
  const std::lock_guard lock(writing_);
  if (stream_ != nullptr) {
    const bool done = std::fwrite(lines.data(), 1, lines.size(), stream_) == lines.size() &&
                      std::fflush(stream_) == 0;
    require(done, "{} cannot be written: {}", name_, std::strerror(errno));
    return;
  }
  if (!lines_) lines_ = std::make_unique<AppendFile>(file_->partial());
  lines_->append(lines);
  count_ += std::ranges::count(lines, '\n');
}

void OutputLines::finish() {
  finished_ = true;
  if (!file_) return;
  if (!lines_) lines_ = std::make_unique<AppendFile>(file_->partial());
  lines_->sync();
  interrupted_.reset();
  file_->commit();
}

void OutputLines::say_what_stays() const {
  if (count_ == 0) return;
  fmt::print(stderr, "note: {} is not whole; {} holds its first {} line{}\n", name_,
             file_->partial().string(), count_, count_ == 1 ? "" : "s");
}

}  // namespace tessera
