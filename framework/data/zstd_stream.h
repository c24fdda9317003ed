// What a zstd file holds (RFC 8878): one frame or several in a row, skippable ones left out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/byte_stream.h"

struct ZSTD_DCtx_s;

namespace tessera {

bool looks_like_zstd(std::string_view head);

class ZstdStream final : public ByteStream {
 public:
  /// `name` is how errors call the file.
  ZstdStream(std::unique_ptr<ByteStream> from, std::string name);

  size_t read(char* to, size_t most) override;

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* state) const;
  };

  std::unique_ptr<ByteStream> from_;
  std::string name_;
  std::unique_ptr<ZSTD_DCtx_s, Free> state_;
  std::vector<char> input_;
  size_t filled_ = 0, used_ = 0;
  bool within_frame_ = false;
};

}  // namespace tessera
