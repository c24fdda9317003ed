// The names of an enumeration's values, as configs, attributes and messages write them. Stated once, beside the
// enumeration where it is of core, in config/choices.h where it is the config's own.
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

/// The names of E's values, in the order in which help lists them; specialised for each enumeration that has names.
template <typename E>
inline constexpr std::array<Choice<E>, 0> kChoices{};

/// The name of `value`; "?" where it has none.
template <typename E>
constexpr std::string_view choice_name(E value) {
  for (const Choice<E>& choice : kChoices<E>)
    if (choice.value == value) return choice.name;
  return "?";
}

/// The value of that name; nothing where there is none.
template <typename E>
constexpr std::optional<E> choice_of(std::string_view name) {
  for (const Choice<E>& choice : kChoices<E>)
    if (choice.name == name) return choice.value;
  return std::nullopt;
}

}  // namespace tessera
