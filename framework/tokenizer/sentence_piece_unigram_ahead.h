// WordsAhead finds the words of a text one after the other, and has what memory holds of the next
// ones fetched before it is asked for.
#pragma once

#include <string_view>

#include "framework/tokenizer/sentence_piece_unigram.h"

namespace tessera {

class SentencePieceUnigram::WordsAhead {
 public:
  struct Word {
    size_t begin = std::string_view::npos, end = 0;
    UnigramMemory::Query query;
  };

  WordsAhead(const SentencePieceUnigram& model, const SentencePieceVocabulary& vocabulary,
             std::string_view text, const UnigramMemory& memory)
      : model_(model), vocabulary_(vocabulary), text_(text), memory_(memory) {}

  UnigramMemory::Query ask(size_t begin, size_t end) const {
    return memory_.ask(text_.substr(begin, end - begin), text_.data() + text_.size());
  }
  /// The word that begins at text[begin].
  const Word& at(size_t begin) {
    if (now_.begin != begin) {
      now_ = next_.begin == begin ? next_ : find(begin);
      next_ = after_next_.begin == now_.end ? after_next_ : find(now_.end);
      after_next_ = find(next_.end);
    }
    return now_;
  }
  /// Fetches what will be read of the next word besides its place in memory, which is there by now.
  void prepare() const {
    if (next_.begin == text_.size()) return;
    const UnigramMemory::Word* const known = memory_.find(next_.query);
    if (known == nullptr || next_.end + 1 >= text_.size() || text_[next_.end] != ' ') return;
    if (known->exit != 0 && (known->exit & UnigramMemory::kIsNode) == 0)
      vocabulary_.trie().prefetch(known->exit, static_cast<unsigned char>(text_[next_.end + 1]));
    memory_.prefetch_exits(*known);
  }

 private:
  Word find(size_t begin) const {
    if (begin == text_.size()) return {begin, begin, {}};
    const size_t end = model_.end_of_word(text_, begin);
    return {begin, end, ask(begin, end)};
  }

  const SentencePieceUnigram& model_;
  const SentencePieceVocabulary& vocabulary_;
  const std::string_view text_;
  const UnigramMemory& memory_;
  Word now_, next_, after_next_;
};

}  // namespace tessera
