#include "framework/data/example_form.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Item = PostProcessor::Item;

bool is_special(const Item& item) { return item.kind == Item::Kind::special; }

/// The form of a tokenizer whose files state none.
PostProcessor usual_form(const SpecialTokens& special) {
  const Item first{.kind = Item::Kind::first}, second{.kind = Item::Kind::second, .type = 1};
  const auto token = [](int32_t id, int32_t type) {
    return Item{.kind = Item::Kind::special, .id = id, .type = type};
  };
  PostProcessor form;
  if (special.cls >= 0 && special.sep >= 0) {
    const Item cls = token(special.cls, 0), sep = token(special.sep, 0);
    form.single = {cls, first, sep};
    form.pair = {cls, first, sep, second, token(special.sep, 1)};
    return form;
  }
  const int32_t end = special.end_of_text >= 0 ? special.end_of_text : special.end_of_document;
  form.single = {first};
  form.pair = {first};
  if (end >= 0) form.pair.push_back(token(end, 0));
  form.pair.push_back(second);
  if (special.begin_of_text >= 0)
    for (auto* items : {&form.single, &form.pair})
      items->insert(items->begin(), token(special.begin_of_text, 0));
  return form;
}

PostProcessor form_of(const Tokenizer& tokenizer) {
  if (const Pipeline* pipeline = tokenizer.pipeline()) {
    const PostProcessor& stated = pipeline->parts().post_processor;
    if (std::ranges::any_of(stated.single, is_special)) return stated;
  }
  return usual_form(tokenizer.special());
}

}  // namespace

ExampleForm::ExampleForm(const Tokenizer& tokenizer, int64_t length)
    : parts_(form_of(tokenizer)), length_(length) {
  const size_t most = std::max(specials(false), specials(true));
  require(length > static_cast<int64_t>(most) + 1,
          "a text of {} tokens is too short: {} of them are special ones; make task.max_length "
          "larger",
          length, most);
}

size_t ExampleForm::specials(bool pair) const {
  return static_cast<size_t>(std::ranges::count_if(pair ? parts_.pair : parts_.single, is_special));
}

ExampleTokens ExampleForm::make(std::span<const int32_t> first) const {
  const size_t room = static_cast<size_t>(length_) - specials(false);
  const auto kept = first.first(std::min(first.size(), room));
  return {parts_.apply(kept), parts_.types(kept.size()), first.size() + specials(false)};
}

ExampleTokens ExampleForm::make(std::span<const int32_t> first,
                                std::span<const int32_t> second) const {
  const size_t room = static_cast<size_t>(length_) - specials(true);
  const size_t all = first.size() + second.size();
  size_t shorter = std::min(first.size(), second.size());
  size_t longer = all - shorter;
  if (all > room) {
    shorter = std::min(shorter, room / 2);
    longer = room - shorter;
  }
  const bool first_is_longer = first.size() > second.size();
  const auto a = first.first(first_is_longer ? longer : shorter);
  const auto b = second.first(first_is_longer ? shorter : longer);
  return {parts_.apply(a, b), parts_.types(a.size(), b.size()), all + specials(true)};
}

}  // namespace tessera
