#include "framework/data/gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kInputBytes = size_t{64} << 10;
constexpr int kGzipAlone = 15 + 16;  // the largest window; a gzip header is demanded (zlib.h)

}  // namespace

bool looks_like_gzip(std::string_view head) { return head.starts_with("\x1f\x8b"); }

GzipStream::GzipStream(std::unique_ptr<ByteStream> from, std::string name)
    : from_(std::move(from)),
      name_(std::move(name)),
      state_(std::make_unique<z_stream>()),
      input_(kInputBytes) {
  require(::inflateInit2(state_.get(), kGzipAlone) == Z_OK, "{}: no memory to decompress it",
          name_);
}

GzipStream::~GzipStream() { ::inflateEnd(state_.get()); }

void GzipStream::refill() {
  if (state_->avail_in > 0 || ended_) return;
  const size_t got = from_->read(input_.data(), input_.size());
  ended_ = got == 0;
  state_->next_in = reinterpret_cast<Bytef*>(input_.data());
  state_->avail_in = static_cast<uInt>(got);
}

bool GzipStream::next_member() {
  bool padded = false;
  while (true) {
    refill();
    if (state_->avail_in == 0) return false;
    if (*state_->next_in != 0) break;
    padded = true;
    ++state_->next_in;
    --state_->avail_in;
  }
  require(!padded, "{}: damaged: bytes that are no gzip data follow it; download or copy it again",
          name_);
  ::inflateReset(state_.get());
  between_members_ = false;
  return true;
}

size_t GzipStream::read(char* to, size_t most) {
  most = std::min<size_t>(most, std::numeric_limits<uInt>::max());
  state_->next_out = reinterpret_cast<Bytef*>(to);
  state_->avail_out = static_cast<uInt>(most);
  while (state_->avail_out == most) {
    if (between_members_ && !next_member()) return 0;
    refill();
    require(state_->avail_in > 0,
            "{}: cut short: the gzip data end in the middle; download or copy it again", name_);
    const int status = ::inflate(state_.get(), Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      between_members_ = true;
      continue;
    }
    require(status == Z_OK || status == Z_BUF_ERROR,
            "{}: damaged: the gzip data make no sense ({}); download or copy it again", name_,
            state_->msg != nullptr ? state_->msg : ::zError(status));
  }
  return most - state_->avail_out;
}

}  // namespace tessera
