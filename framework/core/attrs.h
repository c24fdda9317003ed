// Typed attributes of an op: a small sorted map of name -> bool, integer, real, text or list of
// integers. The map prints in the graph's text form and parses back to an equal value (reals in the
// shortest form that round-trips).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/core/error.h"

namespace tessera {

using AttrValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;

class Attrs {
 public:
  Attrs() = default;
  Attrs(std::initializer_list<std::pair<const std::string, AttrValue>> list) : values_(list) {}

  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  bool empty() const { return values_.empty(); }
  void set(std::string name, AttrValue value) { values_[std::move(name)] = std::move(value); }
  void erase(std::string_view name) {
    if (auto it = values_.find(name); it != values_.end()) values_.erase(it);
  }

  /// The attribute `name`; throws InternalError when the attribute is absent or of another type.
  template <typename T>
  const T& get(std::string_view name) const {
    auto it = values_.find(name);
    check(it != values_.end(), "attribute '{}' is missing", name);
    const T* value = std::get_if<T>(&it->second);
    check(value != nullptr, "attribute '{}' has another type", name);
    return *value;
  }
  bool flag(std::string_view name) const { return has(name) && get<bool>(name); }
  int64_t integer(std::string_view name) const { return get<int64_t>(name); }
  double real(std::string_view name) const { return get<double>(name); }
  const std::string& text(std::string_view name) const { return get<std::string>(name); }
  const std::vector<int64_t>& list(std::string_view name) const {
    return get<std::vector<int64_t>>(name);
  }

  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  bool operator==(const Attrs&) const = default;

 private:
  std::map<std::string, AttrValue, std::less<>> values_;
};

/// `{axis=1, eps=1e-05, mode="tanh", dims=[0,2], causal=true}`; an empty string when there are no
/// attributes.
std::string to_string(const Attrs& attrs);

/// Parses the text of to_string starting at `text[position]` and moves `position` past it. Throws
/// UserError on bad text.
Attrs parse_attrs(std::string_view text, size_t& position);

}  // namespace tessera
