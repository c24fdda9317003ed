#include "framework/tokenizer/normalizer.h"

#include <type_traits>
#include <utility>

#include "framework/tokenizer/grapheme_map.h"
#include "framework/tokenizer/normalized_size.h"
#include "framework/tokenizer/normalizer_steps.h"

namespace tessera {
Normalizer::Normalizer(std::vector<NormalizerStep> steps) : steps_(std::move(steps)) {
  for (const NormalizerStep& step : steps_) {
    const auto* map = std::get_if<PrecompiledMap>(&step);
    maps_.push_back(map == nullptr ? nullptr : std::make_shared<const GraphemeMap>(map->charsmap));
  }
}

void Normalizer::apply(std::string& text) const {
  const size_t most = most_normalized(text.size());
  for (size_t i = 0; i < steps_.size(); ++i) {
    std::visit(
        [&](const auto& step) {
          if constexpr (std::is_same_v<std::decay_t<decltype(step)>, PrecompiledMap>)
            maps_[i]->apply(text, most);
          else if constexpr (std::is_same_v<std::decay_t<decltype(step)>, ReplaceText>)
            change_text(step, text, most);
          else
            change_text(step, text);
        },
        steps_[i]);
  }
}

}  // namespace tessera
