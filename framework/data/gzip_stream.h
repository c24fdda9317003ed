// What a gzip file holds (RFC 1952): one member or several in a row, as `cat a.gz b.gz` makes them.
// Zeros after the last member, which tapes leave, are ignored.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/byte_stream.h"

struct z_stream_s;

namespace tessera {

bool looks_like_gzip(std::string_view head);

class GzipStream final : public ByteStream {
 public:
  /// `name` is how errors call the file.
  GzipStream(std::unique_ptr<ByteStream> from, std::string name);
  ~GzipStream() override;

  size_t read(char* to, size_t most) override;

 private:
  void refill();
  /// Goes to the next member; false at the end of the file.
  bool next_member();

  std::unique_ptr<ByteStream> from_;
  std::string name_;
  std::unique_ptr<z_stream_s> state_;
  std::vector<char> input_;
  bool ended_ = false;  // all of the file was read
  bool between_members_ = true;
};

}  // namespace tessera
