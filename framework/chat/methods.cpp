#include "framework/chat/methods.h"

#include <algorithm>
#include <span>

#include "framework/chat/operations.h"
#include "framework/chat/python_format.h"
#include "framework/chat/python_text.h"
#include "framework/chat/replace.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

// Python's methods. Those in `kRefused…` exist but are not supported; those in `kChanging…` would
// change the value, which transformers' sandbox does not allow either.
constexpr std::string_view kText[] = {
    "capitalize",   "count",   "endswith", "find",   "format", "index",  "isdigit",
    "islower",      "isspace", "isupper",  "join",   "lower",  "lstrip", "removeprefix",
    "removesuffix", "replace", "rfind",    "rsplit", "rstrip", "split",  "splitlines",
    "startswith",   "strip",   "title",    "upper"};
constexpr std::string_view kRefusedText[] = {
    "casefold",   "center",   "encode",    "expandtabs",   "format_map", "isalnum",
    "isalpha",    "isascii",  "isdecimal", "isidentifier", "isnumeric",  "isprintable",
    "istitle",    "ljust",    "maketrans", "partition",    "rindex",     "rjust",
    "rpartition", "swapcase", "translate", "zfill"};
constexpr std::string_view kList[] = {"copy", "count", "index"};
constexpr std::string_view kTuple[] = {"count", "index"};
constexpr std::string_view kChangingList[] = {"append", "clear",  "extend",  "insert",
                                              "pop",    "remove", "reverse", "sort"};
constexpr std::string_view kDict[] = {"copy", "get", "items", "keys", "values"};
constexpr std::string_view kChangingDict[] = {"clear",   "fromkeys",   "pop",
                                              "popitem", "setdefault", "update"};
constexpr std::string_view kLoop[] = {"cycle"};

std::string_view found(std::span<const std::string_view> names, std::string_view name) {
  const auto place = std::find(names.begin(), names.end(), name);
  return place == names.end() ? std::string_view() : *place;
}

std::string_view first_found(std::initializer_list<std::span<const std::string_view>> lists,
                             std::string_view name) {
  for (const auto& names : lists)
    if (const std::string_view place = found(names, name); !place.empty()) return place;
  return {};
}

/// A text or null for None, from an argument that may be missing.
const std::string* optional_text(const Value* value, std::string_view what) {
  return !value || value->is<None>() ? nullptr : &text_of(*value, what);
}

Value texts(std::vector<std::string> parts, bool safe, Allowance& allowance) {
  std::vector<Value> items;
  items.reserve(parts.size());
  for (std::string& part : parts) items.push_back(make_text(std::move(part), allowance, safe));
  return make_sequence(SequenceKind::list, std::move(items), allowance);
}

/// startswith and endswith: of one text, or of any in a tuple.
Value has_end(const std::string& text, const Arguments& arguments, bool start) {
  const auto given = bound(arguments, {"prefix"}, start ? "startswith()" : "endswith()");
  require(given[0], "startswith() and endswith() need a text");
  const auto fits = [&](const Value& part) {
    const std::string& end = text_of(part, "the argument of startswith() or endswith()");
    return start ? text.starts_with(end) : text.ends_with(end);
  };
  const auto* tuple = given[0]->sequence();
  if (!tuple || tuple->kind != SequenceKind::tuple) return {fits(*given[0])};
  return {std::any_of(tuple->items.begin(), tuple->items.end(), fits)};
}

int64_t place_of(const std::string& text, const std::string& part, bool from_right) {
  const size_t at = from_right ? text.rfind(part) : text.find(part);
  if (at == std::string::npos) return -1;
  return static_cast<int64_t>(text_length(std::string_view(text).substr(0, at)));
}

int64_t count_of(const std::string& text, const std::string& part) {
  if (part.empty()) return static_cast<int64_t>(text_length(text)) + 1;
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

Value strip_method(const Text& self, std::string_view name, const Arguments& arguments,
                   Allowance& allowance) {
  const auto given = bound(arguments, {"chars"}, name);
  const std::string* characters = optional_text(given[0], "the argument of strip()");
  if (characters)
    allowance.reading(self.bytes->size() * std::min(characters->size(), size_t{4096}));
  require(!characters || characters->size() <= 4096, "strip() is given too many characters");
  const Side side = name == "strip" ? Side::both : name == "lstrip" ? Side::left : Side::right;
  return make_text(std::string(strip(*self.bytes, side, characters)), allowance, self.safe);
}

Value split_method(const Text& self, std::string_view name, const Arguments& arguments,
                   Allowance& allowance) {
  const auto given = bound(arguments, {"sep", "maxsplit"}, name);
  const std::string* separator = optional_text(given[0], "the separator of split()");
  const int64_t most = given[1] ? integer_of(*given[1], "maxsplit") : -1;
  allowance.memory(self.bytes->size());
  return texts(split(*self.bytes, separator, most, name == "rsplit"), self.safe, allowance);
}

bool is_space_only(const std::string& text) {
  return !text.empty() && strip(text, Side::left).empty();
}

bool is_digits(const std::string& text) {
  for (const char c : text) require((c & 0x80) == 0, "isdigit() beyond ASCII is not supported");
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

Value text_method(const Text& self, std::string_view name, const Arguments& arguments,
                  Allowance& allowance) {
  const std::string& text = *self.bytes;
  allowance.reading(text.size());
  if (name == "strip" || name == "lstrip" || name == "rstrip")
    return strip_method(self, name, arguments, allowance);
  if (name == "split" || name == "rsplit") return split_method(self, name, arguments, allowance);
  if (name == "startswith" || name == "endswith")
    return has_end(text, arguments, name == "startswith");
  if (name == "splitlines") {
    bound(arguments, {}, name);
    return texts(split_lines(text), self.safe, allowance);
  }
  if (name == "upper" || name == "lower" || name == "title" || name == "capitalize") {
    bound(arguments, {}, name);
    return make_text(name == "upper"   ? upper_case(text)
                     : name == "lower" ? lower_case(text)
                     : name == "title" ? title_case(text)
                                       : capitalized(text),
                     allowance, self.safe);
  }
  if (name.starts_with("is")) {
    bound(arguments, {}, name);
    return {name == "isdigit"   ? is_digits(text)
            : name == "isspace" ? is_space_only(text)
            : name == "islower" ? is_lower_case(text)
                                : is_upper_case(text)};
  }
  require(!self.safe, "the method {} of a text that is 'safe' is not supported", name);
  if (name == "format") return brace_format(text, arguments, allowance);
  if (name == "replace") {
    const auto given = bound(arguments, {"old", "new", "count"}, "replace()");
    require(given[0] && given[1], "replace() needs two texts");
    return replaced(text, text_of(*given[0], "the first argument of replace()"),
                    text_of(*given[1], "the second argument of replace()"),
                    given[2] ? integer_of(*given[2], "count") : -1, allowance);
  }
  if (name == "join") {
    const auto given = bound(arguments, {"iterable"}, "join()");
    require(given[0], "join() needs a list");
    GrowingText out(allowance);
    bool first = true;
    for (const Value& item : elements(*given[0], allowance)) {
      if (!std::exchange(first, false)) out.add(text);
      out.add(text_of(item, "what join() joins"));
    }
    return make_text(std::move(out));
  }
  const auto given = bound(arguments, {"part"}, name);
  require(given[0], "{}() needs a text", name);
  const std::string& part = text_of(*given[0], "the argument of a method");
  if (name == "find" || name == "rfind") return {place_of(text, part, name == "rfind")};
  if (name == "count") return {count_of(text, part)};
  if (name == "index") {
    const int64_t place = place_of(text, part, false);
    require(place >= 0, "index(): the text does not hold the part");
    return {place};
  }
  const bool prefix = name == "removeprefix";
  const bool fits = prefix ? text.starts_with(part) : text.ends_with(part);
  const size_t kept = text.size() - (fits ? part.size() : 0);
  return make_text(text.substr(fits && prefix ? part.size() : 0, kept), allowance);
}

Value dict_method(const std::shared_ptr<const Dict>& dict, std::string_view name,
                  const Arguments& arguments, Allowance& allowance) {
  if (name == "get") {
    require(arguments.named.empty(), "get() takes no named arguments");
    const auto given = bound(arguments, {"key", "default"}, "get()");
    require(given[0], "get() needs a key");
    if (!given[0]->is<Undefined>())
      if (const Value* value = dict->find(*given[0])) return *value;
    return given[1] ? *given[1] : Value{None{}};
  }
  bound(arguments, {}, name);
  if (name == "copy") return {dict};
  std::vector<Value> items;
  for (const auto& [key, value] : dict->entries())
    items.push_back(name == "keys" ? key
                    : name == "values"
                        ? value
                        : make_sequence(SequenceKind::tuple, {key, value}, allowance));
  return make_sequence(name == "keys"     ? SequenceKind::keys
                       : name == "values" ? SequenceKind::values
                                          : SequenceKind::items,
                       std::move(items), allowance);
}

Value list_method(const Value& self, std::string_view name, const Arguments& arguments,
                  Allowance& allowance) {
  if (name == "copy") return self;
  const auto given = bound(arguments, {"value"}, name);
  require(given[0], "{}() needs a value", name);
  int64_t count = 0, place = 0;
  for (const Value& item : self.sequence()->items) {
    const bool same = equal(item, *given[0], allowance);
    if (same && name == "index") return {place};
    count += same;
    ++place;
  }
  require(name == "count", "index(): the list does not hold the value");
  return {count};
}

}  // namespace

bool is_method_name(std::string_view name) {
  return !first_found({kText, kList, kDict, kLoop, kChangingList, kChangingDict}, name).empty();
}

std::string_view method_of(const Value& value, std::string_view name) {
  if (value.is<Text>()) return first_found({kText, kRefusedText}, name);
  if (value.dict()) return first_found({kDict, kChangingDict}, name);
  if (value.is<std::shared_ptr<const LoopState>>()) return found(kLoop, name);
  const auto* sequence = value.sequence();
  if (!sequence || !sequence->indexed()) return {};
  if (sequence->kind == SequenceKind::list) return first_found({kList, kChangingList}, name);
  return found(kTuple, name);
}

Value call_method(const Method& method, const Arguments& arguments, Allowance& allowance) {
  const Value& self = *method.self;
  const std::string_view name = method.name;
  require(found(kRefusedText, name).empty(), "the method {} is not supported", name);
  if (const auto* text = self.as<Text>()) return text_method(*text, name, arguments, allowance);
  if (const auto* loop = self.as<std::shared_ptr<const LoopState>>()) {
    require(!arguments.positional.empty() && arguments.named.empty(), "cycle() needs values");
    return arguments.positional[(*loop)->index % arguments.positional.size()];
  }
  require(found(self.dict() ? std::span(kChangingDict)
                            : std::span<const std::string_view>(kChangingList),
                name)
              .empty(),
          "{}() would change a value, which chat templates may not", name);
  if (self.dict())
    return dict_method(*self.as<std::shared_ptr<const Dict>>(), name, arguments, allowance);
  return list_method(self, name, arguments, allowance);
}

}  // namespace tessera::chat
