// The names of an enumeration's values, as configs, attributes and messages write them. The names
// are stated once: beside the enumeration for those of core, in config/choices.h for the config's
// own.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tessera {

template <typename E>
struct Choice {
  std::string_view name;
  E value;
};

/// The names of E's values, in the order in which help lists them; specialised for each enumeration
/// that has names.
template <typename E>
inline constexpr std::array<Choice<E>, 0> kChoices{};

/// The name of `value`, or "?" when `value` has no name.
template <typename E>
constexpr std::string_view choice_name(E value) {
  for (const Choice<E>& choice : kChoices<E>)
    if (choice.value == value) return choice.name;
  return "?";
}

/// The value called `name`, or nullopt when no value has that name.
template <typename E>
constexpr std::optional<E> choice_of(std::string_view name) {
  for (const Choice<E>& choice : kChoices<E>)
    if (choice.name == name) return choice.value;
  return std::nullopt;
}

}  // namespace tessera
