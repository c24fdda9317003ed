#include "framework/data/whole_text_reader.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr size_t kPartBytes = size_t{256} << 10;

}  // namespace

bool WholeTextReader::next(DocumentPart& part) {
  if (ended_) return false;
  part = DocumentPart();
  part.begins = text_.position() == 0;
  if (part.begins) part.place = place_ahead(text_);
  const bool more = text_.want(kPartBytes + 1);
  const size_t count = std::min(text_.ahead().size(), kPartBytes);
  part.text.assign(text_.ahead().substr(0, count));
  text_.consume(count);
  ended_ = part.ends = !more && text_.ahead().empty();
  return true;
}

}  // namespace tessera
