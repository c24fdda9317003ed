// What a key's C++ type says about its Field: kind, names of choices, `auto`. Two places make
// fields from a list of keys with it: bind_fields, and own_fields for a model's own keys.
#pragma once

#include <optional>
#include <string>

#include "framework/config/field.h"

namespace tessera {

template <typename T>
struct KindOf;
template <>
struct KindOf<int64_t> {
  static constexpr FieldKind value = FieldKind::integer;
};
template <>
struct KindOf<double> {
  static constexpr FieldKind value = FieldKind::real;
};
template <>
struct KindOf<bool> {
  static constexpr FieldKind value = FieldKind::boolean;
};
template <>
struct KindOf<std::string> {
  static constexpr FieldKind value = FieldKind::text;
};
template <>
struct KindOf<Duration> {
  static constexpr FieldKind value = FieldKind::duration;
};
template <>
struct KindOf<ByteSize> {
  static constexpr FieldKind value = FieldKind::size;
};
template <>
struct KindOf<SampleSpan> {
  static constexpr FieldKind value = FieldKind::span;
};
template <>
struct KindOf<std::vector<DataSourceConfig>> {
  static constexpr FieldKind value = FieldKind::list;
};
template <>
struct KindOf<std::vector<std::string>> {
  static constexpr FieldKind value = FieldKind::texts;
};
template <typename E>
requires std::is_enum_v<E>
struct KindOf<E> {
  static constexpr FieldKind value = FieldKind::choice;
};

template <typename T>
struct Unwrapped {
  using type = T;
  static constexpr bool is_optional = false;
};
template <typename T>
struct Unwrapped<std::optional<T>> {
  using type = T;
  static constexpr bool is_optional = true;
};

/// The field of a key of type T, not bound to a place yet.
template <typename T>
Field field_of(std::string section, const char* name, const char* doc, const Limits& limits) {
  using Plain = typename Unwrapped<T>::type;
  Field field;
  field.section = std::move(section);
  field.name = name;
  field.doc = doc;
  field.kind = KindOf<Plain>::value;
  field.can_be_auto = Unwrapped<T>::is_optional;
  field.limits = limits;
  if constexpr (std::is_enum_v<Plain>) field.choices = choice_names<Plain>();
  return field;
}

}  // namespace tessera
