#include "framework/tokenizer/stream_decoder.h"

#include "framework/tokenizer/utf8.h"

namespace tessera {

std::string StreamDecoder::add(int32_t id) {
  ids_.push_back(id);
  std::string text = tokenizer_.decode(ids_);
  const size_t whole = whole_characters(text);
  if (whole <= given_) return "";
  std::string piece = text.substr(given_, whole - given_);
  given_ = whole;
  if (whole == text.size() && ids_.size() > 4 * kContext) {
    ids_.erase(ids_.begin(), ids_.end() - kContext);
    given_ = tokenizer_.decode(ids_).size();
  }
  return piece;
}

std::string StreamDecoder::finish() {
  std::string rest = tokenizer_.decode(ids_);
  rest.erase(0, given_);
  ids_.clear();
  given_ = 0;
  return rest;
}

}  // namespace tessera
