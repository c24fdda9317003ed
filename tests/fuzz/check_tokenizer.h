// What holds for every tokenizer and every text.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// The text that foreign tokenizers encode: words, numbers, white space, punctuation, scripts,
/// accents, an emoji, a special token and bytes that are no UTF-8.
inline constexpr std::string_view kFuzzText =
    "Hello world,  the x=1234 it's don't\n\n \tab Stra\xc3\x9f"
    "e \xe4\xb8\xad\xe6\x96\x87 e\xcc\x81 \xef\xac\x81 "
    "\xf0\x9f\x98\x80[MASK]</s> aaaaaaaaaaaaa\xff\xe2\x82 ab \xe2\x96\x81 end ";

/// `text` cut where safe_cut says gives the ids of the whole.
inline void check_safe_cut(const Tokenizer& tokenizer, std::string_view text, size_t known,
                           std::span<const int32_t> ids) {
  const size_t cut = tokenizer.safe_cut(text.substr(0, known));
  check(cut <= known, "safe_cut of {} bytes is {}", known, cut);
  if (cut == 0) return;
  std::vector<int32_t> joined = tokenizer.encode(text.substr(0, cut));
  const std::vector<int32_t> rest = tokenizer.encode(text.substr(cut), {.begins = false});
  joined.insert(joined.end(), rest.begin(), rest.end());
  check(std::equal(joined.begin(), joined.end(), ids.begin(), ids.end()),
        "the ids of a text cut at {} of {} are others", cut, text.size());
}

/// Encodes and decodes `text`, and checks that ids are in range, and safe_cut.
inline void check_tokenizer(const Tokenizer& tokenizer, std::string_view text) {
  for (const bool specials : {false, true}) {
    const std::vector<int32_t> ids = tokenizer.encode(text, {.specials = specials});
    for (const int32_t id : ids)
      check(id >= 0 && id < tokenizer.vocab_size(), "the id {} is out of range", id);
    tokenizer.decode(ids);
    for (const size_t known : {text.size(), text.size() / 2, text.size() / 3})
      if (!specials) check_safe_cut(tokenizer, text, known, ids);
    for (size_t i = 1; i < ids.size() && i < 8; ++i) {
      tokenizer.continues_word(ids[i - 1], ids[i]);
      tokenizer.ends_sentence(ids[i - 1], ids[i]);
    }
  }
}

/// Makes a tokenizer of foreign files.
inline void check_files(std::map<std::string, std::string> files) {
  const Tokenizer tokenizer(TokenizerFiles(std::move(files)), "the files");
  check(tokenizer.vocab_size() >= 0, "the vocabulary has {} tokens", tokenizer.vocab_size());
  check_tokenizer(tokenizer, kFuzzText);
  check_tokenizer(tokenizer, "");
  tokenizer.fingerprint();
}

}  // namespace tessera
