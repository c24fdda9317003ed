#include "framework/config/field.h"

#include "framework/config/fields.h"

namespace tessera {
namespace {

template <typename T>
struct Kind;
template <>
struct Kind<int64_t> {
  static constexpr FieldKind value = FieldKind::integer;
};
template <>
struct Kind<double> {
  static constexpr FieldKind value = FieldKind::real;
};
template <>
struct Kind<bool> {
  static constexpr FieldKind value = FieldKind::boolean;
};
template <>
struct Kind<std::string> {
  static constexpr FieldKind value = FieldKind::text;
};
template <>
struct Kind<Duration> {
  static constexpr FieldKind value = FieldKind::duration;
};
template <>
struct Kind<ByteSize> {
  static constexpr FieldKind value = FieldKind::size;
};
template <typename E>
requires std::is_enum_v<E>
struct Kind<E> {
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

struct Binder {
  Section& section;

  template <typename T>
  void operator()(const char* name, T& member, const char* doc, Limits limits = {}) {
    using Plain = typename Unwrapped<T>::type;
    Field field;
    field.section = section.name;
    field.name = name;
    field.doc = doc;
    field.kind = Kind<Plain>::value;
    field.can_be_auto = Unwrapped<T>::is_optional;
    field.limits = limits;
    if constexpr (std::is_enum_v<Plain>) field.choices = choice_names<Plain>();
    field.read = [&member, limits](std::string_view text) {
      return read_value(text, limits, member);
    };
    field.text = [&member] { return value_text(member); };
    section.fields.push_back(std::move(field));
  }
};

}  // namespace

std::vector<Section> bind_fields(Config& config) {
  std::vector<Section> list;
  sections(config, [&](const char* name, auto& part, const char* doc) {
    Section section{name, doc, {}};
    fields(part, Binder{section});
    list.push_back(std::move(section));
  });
  return list;
}

std::string type_text(const Field& field) {
  std::string text;
  switch (field.kind) {
    case FieldKind::integer:
      text = "integer";
      break;
    case FieldKind::real:
      text = field.limits.is_fraction ? "fraction" : "number";
      break;
    case FieldKind::boolean:
      text = "true | false";
      break;
    case FieldKind::text:
      text = "text";
      break;
    case FieldKind::choice:
      for (const std::string& name : field.choices) text += (text.empty() ? "" : " | ") + name;
      break;
    case FieldKind::duration:
      text = "duration";
      break;
    case FieldKind::size:
      text = "size";
      break;
  }
  if (!field.can_be_auto) return text;
  return field.kind == FieldKind::choice ? "auto | " + text : text + " or auto";
}

}  // namespace tessera
