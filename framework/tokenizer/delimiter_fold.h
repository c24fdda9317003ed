// DelimiterFold makes pieces of a text that was cut into delimiters and what lies between them, one of
// the five ways of Delimiter. It takes the parts from left to right; they cover the text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "framework/tokenizer/pre_tokenizer.h"

namespace tessera {

class DelimiterFold {
 public:
  DelimiterFold(std::string_view text, Delimiter delimiter, bool invert,
                std::vector<std::string_view>& out)
      : text_(text), out_(out), delimiter_(delimiter), invert_(invert) {}

  /// A part that is empty counts as a neighbour, but makes no piece.
  void add(size_t begin, size_t end, bool matches) {
    matches = matches != invert_;
    switch (delimiter_) {
      case Delimiter::removed:
        if (!matches) emit(begin, end);
        return;
      case Delimiter::isolated:
        return emit(begin, end);
      case Delimiter::contiguous:
        return join(begin, end, matches == previous_, matches);
      case Delimiter::merged_with_previous:
        return join(begin, end, matches && !previous_, matches);
      case Delimiter::merged_with_next:
        return join(begin, end, !matches && previous_, matches);
    }
  }
  /// To be called after the last part.
  void finish() {
    if (open_) emit(begin_, end_);
    open_ = false;
  }

 private:
  void join(size_t begin, size_t end, bool with_last, bool matches) {
    if (with_last && open_) {
      end_ = end;
    } else {
      finish();
      begin_ = begin;
      end_ = end;
      open_ = true;
    }
    previous_ = matches;
  }
  void emit(size_t begin, size_t end) {
    if (begin != end) out_.push_back(text_.substr(begin, end - begin));
  }

  std::string_view text_;
  std::vector<std::string_view>& out_;
  Delimiter delimiter_;
  bool invert_;
  bool previous_ = false;  // whether the part before was a delimiter
  bool open_ = false;      // whether a piece may still grow: from begin_ to end_
  size_t begin_ = 0, end_ = 0;
};

}  // namespace tessera
