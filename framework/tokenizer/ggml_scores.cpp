
#include "framework/core/error.h"
#include "framework/tokenizer/ggml_bpe.h"

namespace tessera {
namespace {

// Bytes of a token; longer ones would take long to cut at every place.
constexpr size_t kMostBytes = 256;

}  // namespace

void score_by_merges(GgmlVocabulary& out, const Vocabulary& vocabulary, const Bpe::Merges& merges,
                     const std::string& where) {
  std::vector<int32_t> merges_of(out.tokens.size());
  std::vector<bool> scored(out.tokens.size());
  int32_t last = -1;
  float score = 0;
  for (const auto& [first, second] : merges) {
    const int32_t made = vocabulary.find(first + second);
    check(made >= 0, "a merge of a BPE that makes no token");
    const auto place = static_cast<size_t>(made);
    ++merges_of[place];
    if (made == last) continue;
    require(!scored[place],
            "{}: the tokenizer's merges for '{}' do not follow one another; in a GGUF file a token "
            "has one score for all of them",
            where, out.tokens[place]);
    scored[place] = true;
    out.scores[place] = score--;
    last = made;
  }
  for (size_t id = 0; id < out.tokens.size(); ++id) {
    if (out.kinds[id] != GgmlVocabulary::Kind::normal) continue;
    const std::string_view token = out.tokens[id];
    require(token.size() <= kMostBytes,
            "{}: a token of {} bytes; tokens of at most {} are written to GGUF files", where,
            token.size(), kMostBytes);
    int32_t pairs = 0;
    for (size_t cut = 1; cut < token.size(); ++cut)
      pairs += vocabulary.find(token.substr(0, cut)) >= 0 && vocabulary.find(token.substr(cut)) >= 0
                   ? 1
                   : 0;
    require(pairs == merges_of[id],
            "{}: the tokenizer joins {} of the {} pairs of tokens that make '{}'; readers of GGUF "
            "files join all",
            where, merges_of[id], pairs, token);
    // Nothing makes it but its own character.
    if (!scored[id]) out.scores[id] = score;
  }
}

}  // namespace tessera
