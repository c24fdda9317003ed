// StopText turns the tokens of a text into characters as they are made, and looks for strings that
// end the text. Text that may be the beginning of such a string is held back until it is certain.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/tokenizer/stream_decoder.h"

namespace tessera {

class StopText {
 public:
  /// `before` are the tokens of the prompt: how the first token begins may depend on them. Stop
  /// strings are not looked for in them.
  StopText(const Tokenizer& tokenizer, std::vector<std::string> stops,
           std::span<const int32_t> before);

  /// The text that is certain after `id`. Once a stop string is found, the text ends before it.
  std::string add(int32_t id);
  /// What was held back.
  std::string finish();
  /// Whether a stop string was found.
  bool found() const { return found_; }

 private:
  /// Moves out of what is held all that is certain.
  std::string certain();

  StreamDecoder decoder_;
  const std::vector<std::string> stops_;
  std::string held_;
  bool found_ = false;
};

}  // namespace tessera
