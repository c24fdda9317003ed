#include "framework/tokenizer/pre_tokenizer.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "framework/tokenizer/pre_tokenizer_steps.h"

namespace tessera {

PreTokenizer::PreTokenizer(std::vector<PreTokenizerStep> steps) : steps_(std::move(steps)) {}

bool PreTokenizer::byte_level() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const PreTokenizerStep& step) {
    return std::holds_alternative<ByteLevelStep>(step);
  });
}

void PreTokenizer::cut(Pieces& pieces, bool begins) const {
  std::erase_if(pieces.list, [](std::string_view piece) { return piece.empty(); });
  PieceList out;
  const auto cut_all = [&]<typename Step>(const Step& step) {
    constexpr bool kMakes =
        std::is_same_v<Step, ByteLevelStep> || std::is_same_v<Step, MetaspaceStep>;
    for (size_t i = 0; i < pieces.list.size(); ++i) {
      const std::string_view piece = pieces.list[i];
      if constexpr (kMakes)
        cut_piece(step, piece, begins && i == 0, pieces, out);
      else
        cut_piece(step, piece, out);
      // Where the beginning was cut off, no piece begins the text for the steps to come.
      if (!kMakes && i == 0) begins = begins && !out.empty() && out[0].data() == piece.data();
    }
  };
  for (const PreTokenizerStep& step : steps_) {
    out.clear();
    std::visit(cut_all, step);
    std::swap(pieces.list, out);
  }
}

}  // namespace tessera
