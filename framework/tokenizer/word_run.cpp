#include "framework/tokenizer/word_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kBuffer = size_t{256} << 10;

}  // namespace

void WordRunWriter::add(const WordCount& word) {
  number(word.word.size());
  number(word.count);
  waiting_ += word.word;
  if (waiting_.size() >= kBuffer) finish();
}

void WordRunWriter::finish() {
  file_.append(std::as_bytes(std::span(waiting_)));
  waiting_.clear();
}

void WordRunWriter::number(uint64_t value) {
  for (; value >= 0x80; value >>= 7) waiting_ += static_cast<char>(0x80 | (value & 0x7f));
  waiting_ += static_cast<char>(value);
}

WordRunReader::WordRunReader(std::filesystem::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  require(file_.open(), "{}: cannot open: {}", path_.string(), std::strerror(errno));
}

bool WordRunReader::next(WordCount& word) {
  if (!holds(1)) return false;
  const uint64_t length = number();
  word.count = number();
  require(holds(length), "{}: ends amid a word; was the file cut?", path_.string());
  word.word = std::string_view(buffer_).substr(at_, length);
  at_ += length;
  return true;
}

bool WordRunReader::holds(uint64_t wanted) {
  while (buffer_.size() - at_ < wanted) {
    buffer_.erase(0, at_);
    at_ = 0;
    const size_t before = buffer_.size();
    buffer_.resize(before + std::max(kBuffer, before));  // a long word takes few turns
    const ssize_t got = ::read(file_.number(), buffer_.data() + before, buffer_.size() - before);
    const int error = errno;
    buffer_.resize(before + (got > 0 ? static_cast<size_t>(got) : 0));
    if (got < 0 && error == EINTR) continue;
    require(got >= 0, "{}: cannot read: {}", path_.string(), std::strerror(error));
    if (got == 0) return false;
  }
  return true;
}

uint64_t WordRunReader::number() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    require(holds(1), "{}: ends amid a number; was the file cut?", path_.string());
    const auto byte = static_cast<unsigned char>(buffer_[at_++]);
    value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) break;
  }
  return value;
}

}  // namespace tessera
