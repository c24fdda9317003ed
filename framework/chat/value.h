// Values of a template, as Python has them: immutable but for namespaces, and for generators, which
// give their elements once. A value knows how many values lie one within the other (`depth`), which
// is limited, so that printing, comparing and destroying it end.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "framework/chat/allowance.h"

namespace tessera::chat {

/// Lists and dicts, one within the other, that a value may have.
inline constexpr int kValueLevels = 100;

struct Value;
struct Sequence;
class Dict;
struct LoopState;
struct MacroNode;
struct Scope;

/// What a name or attribute gives that does not exist; `what` says so in an error.
struct Undefined {
  std::shared_ptr<const std::string> what;
};
struct None {};
/// UTF-8; `safe` is what the filter `safe` makes of a text (Python's Markup).
struct Text {
  std::shared_ptr<const std::string> bytes;
  bool safe = false;
};
/// The only value that changes; the renderer owns it.
struct Namespace {
  std::unordered_map<std::string, Value> members;
};
struct Macro {
  const MacroNode* node;
  std::weak_ptr<Scope> scope;  // where the macro stands
};
/// A method of a text, list, dict or loop that has not been called yet.
struct Method {
  std::shared_ptr<const Value> self;
  std::string_view name;  // of the table of methods
};
/// The functions that every template has.
enum class Function { range, dict, name_space, raise_exception, strftime_now };

struct Value {
  std::variant<Undefined, None, bool, int64_t, double, Text, std::shared_ptr<Sequence>,
               std::shared_ptr<const Dict>, Namespace*, Macro, Method,
               std::shared_ptr<const LoopState>, Function>
      data;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(data);
  }
  const std::string* text() const { return is<Text>() ? as<Text>()->bytes.get() : nullptr; }
  const Sequence* sequence() const;
  const Dict* dict() const;
};

enum class SequenceKind { list, tuple, range, generator, keys, values, items };

struct Sequence {
  SequenceKind kind = SequenceKind::list;
  std::vector<Value> items;
  int depth = 1;
  bool consumed = false;  // of a generator
  /// Whether len() and indexes work on it.
  bool indexed() const { return kind <= SequenceKind::range; }
};

/// In the order of insertion.
class Dict {
 public:
  /// The value of `key`, or null; throws when `key` cannot be a key.
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  /// Puts `value` under `key`, in place of an earlier one.
  void set(Value key, Value value, Allowance& allowance);

  const std::vector<std::pair<Value, Value>>& entries() const { return entries_; }
  int depth() const { return depth_; }

 private:
  std::vector<std::pair<Value, Value>> entries_;
  std::unordered_map<std::string, size_t> places_;  // by a text that equal keys share
  int depth_ = 1;
};

/// The variable `loop`.
struct LoopState {
  std::shared_ptr<const Sequence> items;
  size_t index = 0;
  int level = 0;  // loops around it
};

int depth_of(const Value& value);

Value undefined(std::string what);
Value make_text(std::string text, Allowance& allowance, bool safe = false);
/// The text of `grown`, which is paid already.
Value make_text(GrowingText&& grown, bool safe = false);
Value make_sequence(SequenceKind kind, std::vector<Value> items, Allowance& allowance);
Value make_dict(std::shared_ptr<Dict> dict);
Value from_json(const nlohmann::ordered_json& json, Allowance& allowance);

/// The name of the value's type in Python.
std::string type_name(const Value& value);
/// Throws when `value` is undefined.
const Value& defined(const Value& value);
bool truth(const Value& value);
/// What a `for` over `value` meets; a generator gives its elements once.
std::vector<Value> elements(const Value& value, Allowance& allowance);
/// len().
int64_t length_of(const Value& value, Allowance& allowance);
/// An int or bool as a number; throws when it is neither, naming `what`.
int64_t integer_of(const Value& value, std::string_view what);
/// A text; throws when it is none, naming `what`.
const std::string& text_of(const Value& value, std::string_view what);

}  // namespace tessera::chat
