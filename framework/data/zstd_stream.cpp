#include "framework/data/zstd_stream.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <cstring>
#include <utility>

#include "framework/core/error.h"

namespace tessera {

bool looks_like_zstd(std::string_view head) {
  if (head.size() < 4) return false;
  // Little-endian 0xFD2FB528, or 0x184D2A50 to 0x184D2A5F for a frame to skip (RFC 8878, 3.1).
  return head.starts_with("\x28\xb5\x2f\xfd") ||
         ((head[0] & 0xf0) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18");
}

ZstdStream::ZstdStream(std::unique_ptr<ByteStream> from, std::string name)
    : from_(std::move(from)),
      name_(std::move(name)),
      state_(::ZSTD_createDCtx()),
      input_(::ZSTD_DStreamInSize()) {
  require(state_ != nullptr, "{}: no memory to decompress it", name_);
}

void ZstdStream::Free::operator()(ZSTD_DCtx_s* state) const { ::ZSTD_freeDCtx(state); }

size_t ZstdStream::read(char* to, size_t most) {
  ZSTD_outBuffer out{to, most, 0};
  bool ended = false;
  while (out.pos == 0) {
    if (used_ == filled_ && !ended) {
      filled_ = from_->read(input_.data(), input_.size());
      used_ = 0;
      ended = filled_ == 0;
    }
    if (ended && !within_frame_) return 0;
    ZSTD_inBuffer in{input_.data(), filled_, used_};
    const size_t status = ::ZSTD_decompressStream(state_.get(), &out, &in);
    if (::ZSTD_isError(status) != 0) {
      require(::ZSTD_getErrorCode(status) != ZSTD_error_frameParameter_windowTooLarge,
              "{}: needs more than 128 MiB of memory to decompress (zstd --long); repack it with "
              "`zstd -d --long=31 -c FILE | zstd -o NEW`",
              name_);
      user_error("{}: damaged: the zstd data make no sense ({}); download or copy it again", name_,
                 ::ZSTD_getErrorName(status));
    }
    require(!ended || out.pos > 0,
            "{}: cut short: the zstd data end in the middle; download or copy it again", name_);
    used_ = in.pos;
    within_frame_ = status != 0;
  }
  return out.pos;
}

}  // namespace tessera
