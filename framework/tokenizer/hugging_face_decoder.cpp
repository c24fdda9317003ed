#include "framework/tokenizer/hugging_face_decoder.h"

#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/hugging_face_options.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using nlohmann::json;
using Steps = std::vector<DecoderStep>;

MetaspaceDecoder metaspace(const json& part, const std::string& what) {
  const std::string scheme = text_option(part, "prepend_scheme", "always", what);
  require(scheme == "always" || scheme == "first" || scheme == "never",
          "{}: \"prepend_scheme\" is '{}'; it can be always, first or never", what, scheme);
  const bool prefix = flag_option(part, "add_prefix_space", scheme != "never", what);
  require(
      prefix || scheme == "never" || !part.contains("prepend_scheme"),
      "{}: \"add_prefix_space\" is false, but \"prepend_scheme\" is '{}'; one of them has to go",
      what, scheme);
  return {to_utf8(character_option(part, "replacement", what)), prefix && scheme != "never"};
}

StripDecoder strip(const json& part, const std::string& what) {
  return {character_option(part, "content", what),
          static_cast<size_t>(count_option(part, "start", what)),
          static_cast<size_t>(count_option(part, "stop", what))};
}

void append(const json& part, const std::string& what, Steps& steps) {
  const std::string type = part_type(part, what);
  if (type == "ByteLevel") {
    steps.emplace_back(ByteLevelDecoder{});
  } else if (type == "WordPiece") {
    steps.emplace_back(
        WordPieceDecoder{text_option(part, "prefix", what), flag_option(part, "cleanup", what)});
  } else if (type == "Metaspace") {
    steps.emplace_back(metaspace(part, what));
  } else if (type == "BPEDecoder") {
    steps.emplace_back(BpeDecoder{text_option(part, "suffix", what)});
  } else if (type == "ByteFallback") {
    steps.emplace_back(ByteFallbackDecoder{});
  } else if (type == "Fuse") {
    steps.emplace_back(FuseDecoder{});
  } else if (type == "Strip") {
    steps.emplace_back(strip(part, what));
  } else if (type == "Replace") {
    steps.emplace_back(
        ReplaceDecoder{pattern_option(part, what), text_option(part, "content", what)});
  } else if (type == "CTC") {
    steps.emplace_back(CtcDecoder{text_option(part, "pad_token", what),
                                  text_option(part, "word_delimiter_token", what),
                                  flag_option(part, "cleanup", what)});
  } else if (type == "Sequence") {
    size_t number = 0;
    for (const json& inner : list_option(part, "decoders", what))
      append(inner, fmt::format("{}, step {}", what, ++number), steps);
  } else {
    user_error(
        "{}: the type '{}' is unknown; known are ByteLevel, WordPiece, Metaspace, "
        "BPEDecoder, ByteFallback, Fuse, Strip, Replace, CTC and Sequence",
        what, type);
  }
}

}  // namespace

Decoder parse_decoder(const json& part, const std::string& what) {
  Steps steps;
  if (part.is_null()) return Decoder();
  append(part, what, steps);
  // A sequence of no steps joins tokens without spaces.
  if (steps.empty()) steps.emplace_back(FuseDecoder{});
  return Decoder(std::move(steps));
}

}  // namespace tessera
