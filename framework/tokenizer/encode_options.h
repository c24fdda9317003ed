// How a text is encoded.
#pragma once

namespace tessera {

struct EncodeOptions {
  bool specials = false;  // special tokens that the text spells out become those tokens
  bool begins = true;     // false: the text goes on where an earlier one was cut (safe_cut)
};

}  // namespace tessera
