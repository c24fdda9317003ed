#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/tokenizer/sentence_piece_unigram_ahead.h"
#include "framework/tokenizer/sentence_piece_unigram_study.h"

namespace tessera {

/// A text on its way: words are taken up to the next place where every segmentation ends a piece.
class SentencePieceUnigram::Stretch {
 public:
  /// Ids of the text are appended to `ids`.
  Stretch(const SentencePieceUnigram& model, const SentencePieceVocabulary& vocabulary,
          std::string_view text, UnigramMemory& memory, std::vector<int32_t>& ids)
      : model_(model),
        vocabulary_(vocabulary),
        text_(text),
        memory_(memory),
        study_(model, vocabulary),
        words_(model, vocabulary, text, memory),
        ids_(ids),
        first_(ids.size()),
        summed_(ids.size()) {}

  /// Takes the stretch that begins at text[begin] in SentencePiece's way; gives its end.
  size_t search(size_t begin) {
    begin_ = begin;
    return search();
  }

  /// Takes the stretch that begins at text[begin]; gives its end.
  size_t encode(size_t begin) {
    if (ids_.size() - summed_ > kMostUnsummed) sum_up();
    memory_.make_room();
    begin_ = begin;
    offers_.clear();
    unclear_ = false;
    if (!begin_words()) return search();
    if (offers_.empty()) return last_.at;
    do {
      if (!add_word()) return search();
    } while (!offers_.empty());
    if (unclear_)
      append_tied(begin_, places_.back().at);
    else
      append_best();
    return places_.back().at;
  }

 private:
  static constexpr double kEndless = std::numeric_limits<double>::infinity();
  static constexpr size_t kMostUnsummed = 4096;  // so that rounding changes a sum by little
  // What a place's last word is cut into, if not a piece.
  static constexpr int32_t kWord = -1, kSpaces = -2;

  struct Place {  // where a word begins, or what is left of one
    size_t at = 0;
    double best = 0;         // the score of the best segmentation, from the stretch's beginning on
    double lead = kEndless;  // over all others
    size_t from = 0;         // the place where its last word or piece begins
    int32_t id = kWord;      // that piece; kSpaces: spaces, as SentencePiece cuts them
    uint32_t inside = 0;     // so many bytes of the word at `from` stand in front of the piece
    bool tied = false;       // SentencePiece's sums decide how the word is cut
    UnigramMemory::Ids ids;  // of the word
  };
  struct Offer {  // a piece that ends in a later word
    size_t end;
    double score;  // with all that stands before it; at least, if it begins inside a word
    size_t from;
    int32_t id;  // or kSpaces
    uint32_t inside;
  };
  const UnigramMemory::Word& look_up(const UnigramMemory::Query& query) {
    if (const UnigramMemory::Word* const known = memory_.find(query)) return *known;
    const UnigramMemory::Word made = study_.of(query.word);
    return memory_.keep(query, study_.numbers(), made);
  }
  const UnigramMemory::Word& look_up(size_t begin, size_t end) {
    return look_up(words_.ask(begin, end));
  }

  /// Whether words up to `end` may be taken from memory. Finds what rounding can make up for there.
  bool reaches(const WordsAhead::Word& word) {
    const size_t end = word.end;
    const double bytes = static_cast<double>(end - begin_);
    const double largest = std::abs(far_) * 1.001 + bytes * static_cast<double>(model_.largest_);
    rounding_ = bytes * largest * 0x1p-23 + Study::kSumsInDouble;
    return end - word.begin <= UnigramMemory::kLongestBytes && rounding_ < Study::kClear &&
           largest < kReset - 1;
  }
  bool is_tied(const UnigramMemory::Word& word) const { return word.lead <= rounding_; }
  double lead_of(const UnigramMemory::Word& word) const {
    return is_tied(word) ? kEndless : static_cast<double>(word.lead);
  }

  /// Takes the first word. False if the stretch is to be searched; where no piece goes on behind the
  /// word there are no offers, and the stretch is done.
  bool begin_words() {
    const WordsAhead::Word& word = words_.at(begin_);
    const size_t end = word.end;
    if (!reaches(word)) return false;
    const UnigramMemory::Word& known = look_up(word.query);
    words_.prepare();
    if (end < text_.size() && text_[end] == ' ') add_offers(0, 0, known, end);
    last_.at = end;
    last_.best = known.best;
    last_.lead = lead_of(known);
    last_.tied = is_tied(known);
    if (!offers_.empty()) {
      last_.ids = known.ids;
      places_.clear();
      places_.emplace_back().at = begin_;
      places_.push_back(last_);
    } else if (last_.tied) {
      append_tied(begin_, end);
    } else {
      append(memory_.ids_of(known.ids));
      far_ += std::abs(known.best);
    }
    return true;
  }

  /// Goes on by a word, while pieces lead into it. False if the stretch is to be searched.
  bool add_word() {
    const size_t k = places_.size() - 1;
    const WordsAhead::Word& word = words_.at(places_[k].at);
    const size_t end = word.end;
    if (!reaches(word)) return false;
    const UnigramMemory::Word known = look_up(word.query);
    words_.prepare();
    const double before = places_[k].best;
    Place next;
    next.at = end;
    next.best = Study::kNone;
    double second = Study::kNone;
    offer_word(k, known, next, second);
    take_offers(k, known, next, second);
    next.lead = std::min(places_[next.from].lead, next.best - second);
    unclear_ |= next.lead <= rounding_;
    places_.push_back(next);
    if (end < text_.size() && text_[end] == ' ') add_offers(k, before, known, end);
    return true;
  }

  void offer_word(size_t from, const UnigramMemory::Word& word, Place& next, double& second) {
    const double score = places_[from].best + word.best;
    second = std::max({second, std::min(score, next.best), score - lead_of(word)});
    if (score <= next.best) return;
    next.best = score;
    next.from = from;
    next.id = kWord;
    next.inside = 0;
    next.tied = is_tied(word);
    next.ids = word.ids;
  }

  void offer_piece(const Offer& offer, Place& next, double& second) {
    double score = offer.score, lead = kEndless;
    if (offer.inside > 0) {
      const size_t at = places_[offer.from].at;
      const UnigramMemory::Word& front = look_up(at, at + offer.inside);
      score = places_[offer.from].best + front.best + score_of(offer.id);
      lead = lead_of(front);
    }
    second = std::max({second, std::min(score, next.best), score - lead});
    if (score <= next.best) return;
    next.best = score;
    next.from = offer.from;
    next.id = offer.id;
    next.inside = offer.inside;
  }

  /// Takes the offers that end in the word or at its end.
  void take_offers(size_t k, const UnigramMemory::Word& word, Place& next, double& second) {
    const double least = next.best - Study::kClear;  // what is worse cannot be the best
    size_t kept = 0;
    taken_.clear();
    for (const Offer& offer : offers_)
      if (offer.end > next.at)
        offers_[kept++] = offer;
      else
        taken_.push_back(offer);
    offers_.resize(kept);
    if (taken_.size() > 1)
      std::sort(taken_.begin(), taken_.end(),
                [](const Offer& a, const Offer& b) { return a.end < b.end; });
    for (size_t i = 0, last = 0; i < taken_.size(); i = last) {
      const size_t end = taken_[i].end;
      double most = Study::kNone;
      for (; last < taken_.size() && taken_[last].end == end; ++last)
        most = std::max(most, taken_[last].score);
      const std::span<const Offer> offers(taken_.data() + i, last - i);
      const size_t inside = end - places_[k].at;
      if (end < next.at) most += static_cast<double>(memory_.to_end(word, inside));
      const bool is_far =
          most < least &&
          (end == next.at || most + word_rise(word, inside, next.at, least - most) < least);
      if (is_far)
        second = std::max(second, most);
      else if (end == next.at)
        for (const Offer& offer : offers) offer_piece(offer, next, second);
      else
        enter(offers, next, second);
    }
  }

  /// Takes offers that end inside the word at one place.
  void enter(std::span<const Offer> offers, Place& next, double& second) {
    Place inner;
    inner.at = offers[0].end;
    inner.best = Study::kNone;
    double inner_second = Study::kNone;
    for (const Offer& offer : offers) offer_piece(offer, inner, inner_second);
    inner.lead = std::min(places_[inner.from].lead, inner.best - inner_second);
    const size_t from = places_.size();
    places_.push_back(inner);
    const UnigramMemory::Word rest = look_up(inner.at, next.at);
    offer_word(from, rest, next, second);
    if (next.at < text_.size() && text_[next.at] == ' ')
      add_offers(from, inner.best, rest, next.at);
  }

  /// At most what a segmentation gains that comes in at word[place] and leaves inside the word; only
  /// gains of at least `least` are looked for.
  double word_rise(const UnigramMemory::Word& word, size_t place, size_t space,
                   double least) const {
    double most = Study::kNone;
    if (static_cast<double>(word.entered_gain) < least || space == text_.size() ||
        text_[space] != ' ')
      return most;
    for (size_t i = 0; i < word.exit_count; ++i) {
      const UnigramMemory::Exit exit = memory_.exit_of(word, i);
      if (exit.onward == UnigramMemory::kSpace) return kEndless;
      const auto rise = static_cast<double>(exit.rise);
      if (static_cast<size_t>(exit.begin) < place || rise < least || rise <= most) continue;
      find_ends(exit.onward, space, [&](size_t, int32_t) { most = rise; });
    }
    return most;
  }

  double score_of(int32_t id) const {
    return static_cast<double>(model_.scores_[static_cast<size_t>(id)]);
  }

  /// Adds the pieces that begin in the word and go on behind it.
  void add_offers(size_t k, double before, const UnigramMemory::Word& word, size_t space) {
    if (word.exit != 0)
      find_ends(word.exit, space, [&](size_t end, int32_t id) {
        offers_.push_back({end, before + score_of(id), k, id, 0});
      });
    for (size_t i = 0; i < word.near_exits; ++i) {
      const UnigramMemory::Exit exit = memory_.exit_of(word, i);
      const double in_front = before + static_cast<double>(exit.before);
      if (exit.onward == UnigramMemory::kSpace) {
        offers_.push_back({space + 1, in_front, k, kSpaces, 0});
        continue;
      }
      find_ends(exit.onward, space, [&](size_t end, int32_t id) {
        offers_.push_back({end, in_front + score_of(id), k, id, static_cast<uint32_t>(exit.begin)});
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

  void append_best() {
    path_.clear();
    for (size_t k = places_.size() - 1; k > 0; k = places_[k].from) path_.push_back(k);
    for (size_t i = path_.size(); i-- > 0;) {
      const Place& place = places_[path_[i]];
      const size_t begin = places_[place.from].at;
      if (place.id == kWord) {
        if (place.tied)
          append_tied(begin, place.at);
        else
          append(memory_.ids_of(place.ids));
        continue;
      }
      if (place.id == kSpaces) {
        append_tied(begin, place.at);
        continue;
      }
      if (place.inside > 0) append_word(begin, begin + place.inside);
      append({&place.id, 1});
    }
    far_ += std::abs(places_.back().best);
  }

  void append(std::span<const int32_t> part) {
    if (vocabulary_.joins(part, first_, ids_)) {
      sum_up();
      score_ += model_.path_scores_[static_cast<size_t>(part[0])];
      part = part.subspan(1);
    }
    for (const int32_t id : part) ids_.push_back(id);
  }

  void append_word(size_t begin, size_t end) {
    const UnigramMemory::Word& word = look_up(begin, end);
    if (is_tied(word))
      append_tied(begin, end);
    else
      append(memory_.ids_of(word.ids));
  }

  /// Appends the ids of a word in SentencePiece's way: all that stands in front of it is known.
  void append_tied(size_t begin, size_t end) {
    sum_up();
    const std::string_view word = text_.substr(begin, end - begin);
    UnigramTies::Known known;
    if (memory_.ties().find(word, score_, known)) {
      append_summed(known.ids, known.after);
      return;
    }
    model_.begin_search(score_, search_);
    model_.search_word(vocabulary_, word, 0, word.size(), search_);
    model_.end_search(vocabulary_, word, word.size(), search_);
    UnigramTies::Range range;
    for (const Node& node : search_.nodes) {
      if (node.begin < 0) continue;
      range.least = std::min(range.least, node.score - score_);
      range.most = std::max(range.most, node.score - score_);
    }
    if (word.size() <= UnigramMemory::kLongestBytes)
      memory_.ties().keep(word, score_, search_.ids, search_.score, range);
    append_summed(search_.ids, search_.score);
  }

  void append_summed(std::span<const int32_t> part, float after) {
    vocabulary_.append(part, first_, ids_);
    score_ = after;
    summed_ = ids_.size();
    far_ = std::abs(static_cast<double>(score_));
  }

  /// Brings the score up to the last id.
  void sum_up() {
    for (; summed_ < ids_.size(); ++summed_)
      score_ += model_.path_scores_[static_cast<size_t>(ids_[summed_])];
    far_ = std::abs(static_cast<double>(score_));
  }

  /// Takes the stretch in SentencePiece's way; gives its end.
  size_t search() {
    sum_up();
    const std::string_view rest = text_.substr(begin_);
    model_.begin_search(score_, search_);
    size_t end = 0;
    do {
      const size_t next = model_.end_of_word(text_, begin_ + end) - begin_;
      model_.search_word(vocabulary_, rest, end, next, search_);
      end = next;
    } while (search_.farthest > end);
    model_.end_search(vocabulary_, rest, end, search_);
    append_summed(search_.ids, search_.score);
    return begin_ + end;
  }

  const SentencePieceUnigram& model_;
  const SentencePieceVocabulary& vocabulary_;
  const std::string_view text_;
  UnigramMemory& memory_;
  Study study_;
  WordsAhead words_;
  std::vector<int32_t>& ids_;
  const size_t first_;  // where the ids of the text begin
  size_t summed_;       // the score is that of the ids up to here
  float score_ = 0;
  double far_ = 0;  // at least the size of the score at the stretch's beginning, but for rounding
  double rounding_ = 0;  // what rounding can make up for in the stretch
  size_t begin_ = 0;
  Place last_;  // behind the stretch's first word
  std::vector<Place> places_;
  std::vector<Offer> offers_, taken_;
  bool unclear_ = false;  // SentencePiece's sums decide how the whole stretch is cut
  std::vector<size_t> path_;
  Search search_;
};

void SentencePieceUnigram::encode(const SentencePieceVocabulary& vocabulary, std::string_view text,
                                  UnigramMemory& memory, std::vector<int32_t>& ids) const {
  Stretch stretch(*this, vocabulary, text, memory, ids);
  if (vocabulary.trie().has_long_keys()) {  // which would be followed from each word, byte by byte
    for (size_t at = 0; at < text.size();) at = stretch.search(at);
    return;
  }
  for (size_t at = 0; at < text.size();) at = stretch.encode(at);
}

}  // namespace tessera
