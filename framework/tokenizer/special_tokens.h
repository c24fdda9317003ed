// The ids that are no text: one optional id per role. A role that a vocabulary lacks is kNone.
#pragma once

#include <cstdint>

namespace tessera {

struct SpecialTokens {
  static constexpr int32_t kNone = -1;

  int32_t end_of_document = kNone;  // opens every document, and so closes the one before
  int32_t pad = kNone;
  int32_t cls = kNone;
  int32_t sep = kNone;
  int32_t mask = kNone;
  int32_t unknown = kNone;
  int32_t begin_of_text = kNone, end_of_text = kNone;  // "bos" and "eos" of Hugging Face's files

  bool contains(int32_t id) const {
    return id >= 0 && (id == end_of_document || id == pad || id == cls || id == sep || id == mask ||
                       id == unknown || id == begin_of_text || id == end_of_text);
  }
  bool operator==(const SpecialTokens&) const = default;
};

}  // namespace tessera
