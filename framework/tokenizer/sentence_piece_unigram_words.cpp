#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/tokenizer/sentence_piece_unigram_study.h"

namespace tessera {

/// Words on their way to the next place where every segmentation ends a piece.
class SentencePieceUnigram::Stretch {
 public:
  Stretch(const SentencePieceUnigram& model, const SentencePieceVocabulary& vocabulary,
          std::string_view text, UnigramMemory& memory)
      : model_(model),
        vocabulary_(vocabulary),
        text_(text),
        memory_(memory),
        study_(model, vocabulary) {}

  /// Appends the ids of the stretch that begins at text[begin]; gives its end.
  size_t encode(size_t begin, std::vector<int32_t>& ids) {
    memory_.make_room();
    places_.clear();
    offers_.clear();
    begin_ = begin;
    places_.push_back({.at = begin});
    do {
      if (!add_word()) return search(ids);
    } while (!offers_.empty());
    append_best(ids);
    return places_.back().at;
  }

 private:
  struct Place {  // where a word begins
    size_t at = 0;
    double best = 0;  // the score of the best segmentation, from the stretch's beginning on
    double lead = std::numeric_limits<double>::infinity();  // over all others
    size_t from = 0;                // the place where its last word or piece begins
    int32_t id = -1;                // that piece, or -1: the word
    bool searched = false;          // the word, in SentencePiece's way
    bool has_rest = false;          // that piece ends inside the word
    UnigramMemory::Word word = {};  // that ends here, or what is left of it behind the piece
  };
  struct Offer {  // a piece that ends in a later word
    size_t end;
    double score;  // with all that stands before it
    size_t from;
    int32_t id;  // or -1: the score is but a bound
  };

  /// What rounding can make up for in the bytes up to `end`.
  double rounding_up_to(size_t end) const {
    const double bytes = static_cast<double>(end - begin_);
    const double largest = std::abs(score_) + bytes * model_.largest_;
    return bytes * largest * 0x1p-23 + Study::kSumsInDouble;
  }

  /// Finds the word that begins at text[begin], and fetches what memory holds of it.
  void look_ahead(size_t begin) {
    ahead_ = {begin, model_.end_of_word(text_, begin)};
    memory_.prefetch(text_.substr(begin, ahead_.end - begin), text_.data() + text_.size());
  }

  UnigramMemory::Word look_up(std::string_view word) {
    UnigramMemory::Word known;
    const char* const end = text_.data() + text_.size();
    if (!memory_.find(word, end, known)) {
      known = study_.of(word);
      memory_.keep(word, end, study_.numbers(), known);
    }
    return known;
  }

  /// Goes on by a word. False if the stretch is to be searched.
  bool add_word() {
    const size_t k = places_.size() - 1;
    const size_t begin = places_[k].at;
    if (ahead_.begin != begin) look_ahead(begin);
    const size_t end = ahead_.end;
    const std::string_view word = text_.substr(begin, end - begin);
    const double rounding = rounding_up_to(end);
    if (word.size() > UnigramMemory::kLongestBytes || rounding >= Study::kClear) return false;
    if (std::abs(score_) + static_cast<float>(end - begin_) * model_.largest_ >= kReset - 1)
      return false;
    const UnigramMemory::Word known = look_up(word);
    if (end < text_.size()) {
      if (known.exit != 0 && (known.exit & UnigramMemory::kIsNode) == 0 && end + 1 < text_.size())
        vocabulary_.trie().prefetch(known.exit, static_cast<unsigned char>(text_[end + 1]));
      look_ahead(end);
    }
    const double before = places_[k].best;
    Place next{.at = end, .best = before + known.best, .from = k, .word = known};
    double second = next.best - static_cast<double>(known.lead);
    if (known.lead <= rounding) {
      if (k > 0) return false;
      // All that stands before the word is known, so SentencePiece's way decides here.
      model_.begin_search(score_, first_);
      model_.search_word(vocabulary_, word, 0, word.size(), first_);
      model_.end_search(vocabulary_, word, word.size(), first_);
      next.best = static_cast<double>(first_.score) - static_cast<double>(score_);
      next.searched = true;
      second = Study::kNone;
    }
    if (!offers_.empty() && !take_offers(begin, known, next, second)) return false;
    next.lead = std::min(places_[next.from].lead, next.best - second);
    if (next.lead <= rounding) return false;
    places_.push_back(next);
    if (end < text_.size() && text_[end] == ' ') add_offers(k, before, known, end);
    return true;
  }

  /// Takes the offers that end in the word or at its end. False if the stretch is to be searched.
  bool take_offers(size_t begin, const UnigramMemory::Word& word, Place& next, double& second) {
    const auto rival = [&](double score) { second = std::max(second, score); };
    const auto take = [&](double score, const Offer& offer) {
      rival(std::min(score, next.best));
      if (score <= next.best) return false;
      next.best = score;
      next.from = offer.from;
      next.id = offer.id;
      next.has_rest = false;
      return true;
    };
    const double own = next.best;
    size_t kept = 0;
    for (const Offer offer : offers_) {
      if (offer.end > next.at) {
        offers_[kept++] = offer;
      } else if (offer.end == next.at) {
        if (offer.id >= 0)
          take(offer.score, offer);
        else
          rival(offer.score);
      } else {
        const double most = offer.score + memory_.to_end(word, offer.end - begin);
        if (most + word.entered_gain > own - Study::kClear && may_leave_inside(word, next.at))
          return false;
        if (most < own - Study::kClear || offer.id < 0) {
          rival(most);
          continue;
        }
        const UnigramMemory::Word rest = look_up(text_.substr(offer.end, next.at - offer.end));
        const double score = offer.score + rest.best;
        rival(score - static_cast<double>(rest.lead));
        if (take(score, offer)) {
          next.has_rest = true;
          next.word = rest;
        }
      }
    }
    offers_.resize(kept);
    return true;
  }

  bool may_leave_inside(const UnigramMemory::Word& word, size_t space) const {
    bool may = false;
    if (space < text_.size() && text_[space] == ' ')
      for (size_t i = 0; i < word.exit_count && !may; ++i) {
        const uint32_t onward = memory_.exit_of(word, i).onward;
        if (onward == UnigramMemory::kSpace)
          may = true;
        else
          find_ends(onward, space, [&](size_t, int32_t) { may = true; });
      }
    return may;
  }

  /// Adds the pieces that begin in the word and go on behind it.
  void add_offers(size_t k, double before, const UnigramMemory::Word& word, size_t space) {
    if (word.exit != 0)
      find_ends(word.exit, space, [&](size_t end, int32_t id) {
        offers_.push_back({end, before + model_.scores_[static_cast<size_t>(id)], k, id});
      });
    for (size_t i = 0; i < word.near_exits; ++i) {
      const UnigramMemory::Exit exit = memory_.exit_of(word, i);
      if (exit.onward == UnigramMemory::kSpace) {
        offers_.push_back({space + 1, before + exit.before, k, -1});
        continue;
      }
      find_ends(exit.onward, space, [&](size_t end, int32_t id) {
        const double score = before + exit.before + model_.scores_[static_cast<size_t>(id)];
        offers_.push_back({end, score, k, -1});
      });
    }
  }

  template <typename Found>
  void find_ends(uint32_t onward, size_t space, const Found& found) const {
    const DoubleArray& trie = vocabulary_.trie();
    size_t end = space + 1;
    uint32_t node = onward & ~UnigramMemory::kIsNode;
    if (onward != node) {
      if (const int32_t id = trie.value(node); id >= 0) found(end, id);
      if (end == text_.size() || !trie.step(node, static_cast<unsigned char>(text_[end]))) return;
    } else {
      if (end == text_.size()) return;
      node = trie.step_from(onward, static_cast<unsigned char>(text_[end]));
      if (node == DoubleArray::kRoot) return;
    }
    do {
      ++end;
      if (const int32_t id = trie.value(node); id >= 0) found(end, id);
    } while (end < text_.size() && trie.step(node, static_cast<unsigned char>(text_[end])));
  }

  void append_best(std::vector<int32_t>& ids) {
    path_.clear();
    for (size_t k = places_.size() - 1; k > 0; k = places_[k].from) path_.push_back(k);
    for (size_t i = path_.size(); i-- > 0;) {
      const Place& place = places_[path_[i]];
      made_.clear();
      if (place.id >= 0) {
        made_.push_back(place.id);
        if (place.has_rest) memory_.append_ids(place.word, made_);
      } else if (place.searched) {
        score_ = first_.score;
        vocabulary_.append(first_.ids, 0, ids);
        continue;
      } else {
        memory_.append_ids(place.word, made_);
      }
      score_ = model_.after(score_, made_);
      vocabulary_.append(made_, 0, ids);
    }
  }

  /// The same in SentencePiece's way.
  size_t search(std::vector<int32_t>& ids) {
    const std::string_view rest = text_.substr(begin_);
    model_.begin_search(score_, search_);
    size_t end = 0;
    do {
      const size_t next = model_.end_of_word(text_, begin_ + end) - begin_;
      model_.search_word(vocabulary_, rest, end, next, search_);
      end = next;
    } while (search_.farthest > end);
    model_.end_search(vocabulary_, rest, end, search_);
    score_ = search_.score;
    vocabulary_.append(search_.ids, 0, ids);
    return begin_ + end;
  }

  const SentencePieceUnigram& model_;
  const SentencePieceVocabulary& vocabulary_;
  const std::string_view text_;
  UnigramMemory& memory_;
  Study study_;
  float score_ = 0;  // where the stretch begins
  size_t begin_ = 0;
  std::vector<Place> places_;
  std::vector<Offer> offers_;
  std::vector<size_t> path_;
  std::vector<int32_t> made_;
  Search first_, search_;
  struct Ahead {
    size_t begin = std::string_view::npos, end = 0;
  } ahead_;
};

void SentencePieceUnigram::encode(const SentencePieceVocabulary& vocabulary, std::string_view text,
                                  UnigramMemory& memory, std::vector<int32_t>& ids) const {
  std::vector<int32_t> made;
  Stretch stretch(*this, vocabulary, text, memory);
  const size_t first = ids.size();
  for (size_t at = 0; at < text.size();) {
    made.clear();
    at = stretch.encode(at, made);
    vocabulary.append(made, first, ids);
  }
}

}  // namespace tessera
