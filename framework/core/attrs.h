// Typed attributes of an op: a small sorted map of name -> bool, integer, real, text or list of
// integers. The map prints in the graph's text form and parses back to an equal value (reals in the
// shortest form that round-trips). Copies share their memory until one of them is changed.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "framework/core/error.h"

namespace tessera {

using AttrValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;

class Attrs {
 public:
  using Entries = std::vector<std::pair<std::string, AttrValue>>;  // by name

  Attrs() = default;
  Attrs(std::initializer_list<std::pair<std::string_view, AttrValue>> list);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  bool empty() const { return !entries_; }
  void set(std::string_view name, AttrValue value);
  void erase(std::string_view name);

  /// The attribute `name`; throws InternalError when the attribute is absent or of another type.
  template <typename T>
  const T& get(std::string_view name) const {
    const AttrValue* found = find(name);
    check(found != nullptr, "attribute '{}' is missing", name);
    const T* value = std::get_if<T>(found);
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

  Entries::const_iterator begin() const { return entries().begin(); }
  Entries::const_iterator end() const { return entries().end(); }
  bool operator==(const Attrs& other) const {
    return entries_ == other.entries_ || entries() == other.entries();
  }

 private:
  const AttrValue* find(std::string_view name) const;
  const Entries& entries() const;

  std::shared_ptr<const Entries> entries_;  // shared by copies until one is changed; none: empty
};

/// The names of the attributes that this thread asks for while the object lives, whatever Attrs it
/// asks. What an op never asks for has no effect on it.
class AskedAttrs {
 public:
  AskedAttrs();
  AskedAttrs(const AskedAttrs&) = delete;
  AskedAttrs& operator=(const AskedAttrs&) = delete;
  ~AskedAttrs();

  const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  friend class Attrs;
  std::set<std::string, std::less<>> names_;
  AskedAttrs* outer_;
};

/// `{axis=1, eps=1e-05, mode="tanh", dims=[0,2], causal=true}`; an empty string when there are no
/// attributes.
std::string to_string(const Attrs& attrs);

/// Parses the text of to_string starting at `text[position]` and moves `position` past it. Throws
/// UserError on bad text.
Attrs parse_attrs(std::string_view text, size_t& position);

}  // namespace tessera
