#include "framework/formats/pickle.h"

#include <map>
#include <utility>

#include "framework/core/error.h"
#include "framework/formats/pickle_names.h"

namespace tessera {
namespace {

constexpr size_t kMostValues = 1'000'000;  // a tensor takes about fifteen
constexpr size_t kMostOpcodes = 8'000'000;
constexpr size_t kMostArguments = 8;

class Reader {
 public:
  Reader(ByteCursor& cursor, const std::string& what) : cursor_(cursor), what_(what) {}

  Pickle read() {
    for (size_t opcodes = 1; step(cursor_.number<uint8_t>()); ++opcodes)
      require(opcodes < kMostOpcodes, "{} has more than {} opcodes", what_, kMostOpcodes);
    return std::move(pickle_);
  }

 private:
  using Items = std::vector<PickleIndex>;

  /// Runs one opcode; false after STOP.
  bool step(uint8_t opcode) {
    switch (static_cast<PickleOpcode>(opcode)) {
      case PickleOpcode::protocol: {
        const auto version = cursor_.number<uint8_t>();
        require(version >= 2 && version <= 5, "{} is of pickle's protocol {}; 2 to 5 are read",
                what_, version);
        return true;
      }
      case PickleOpcode::frame:
        cursor_.take(sizeof(uint64_t));
        return true;
      case PickleOpcode::stop:
        pickle_.root = pop();
        return false;
      case PickleOpcode::mark:
        marks_.push_back(stack_.size());
        return true;
      case PickleOpcode::none:
        return push({});
      case PickleOpcode::new_true:
        return push_integer(PickleKind::boolean, 1);
      case PickleOpcode::new_false:
        return push_integer(PickleKind::boolean, 0);
      case PickleOpcode::binary_integer:
        return push_integer(PickleKind::integer, cursor_.number<int32_t>());
      case PickleOpcode::binary_integer_1:
        return push_integer(PickleKind::integer, cursor_.number<uint8_t>());
      case PickleOpcode::binary_integer_2:
        return push_integer(PickleKind::integer, cursor_.number<uint16_t>());
      case PickleOpcode::long_integer:
        return push_integer(PickleKind::integer, long_integer());
      case PickleOpcode::real:
        cursor_.take(sizeof(double));  // no tensor depends on it
        return push_integer(PickleKind::real, 0);
      case PickleOpcode::short_string:
      case PickleOpcode::short_unicode:
        return push_text(cursor_.number<uint8_t>());
      case PickleOpcode::string:
      case PickleOpcode::unicode:
        return push_text(cursor_.number<uint32_t>());
      case PickleOpcode::long_unicode:
        return push_text(cursor_.number<uint64_t>());
      case PickleOpcode::empty_tuple:
        return push_items(PickleKind::tuple, {});
      case PickleOpcode::empty_list:
        return push_items(PickleKind::list, {});
      case PickleOpcode::empty_dictionary:
        return push_items(PickleKind::dictionary, {});
      case PickleOpcode::tuple:
        return push_items(PickleKind::tuple, pop_mark());
      case PickleOpcode::tuple_1:
        return push_items(PickleKind::tuple, pop_last(1));
      case PickleOpcode::tuple_2:
        return push_items(PickleKind::tuple, pop_last(2));
      case PickleOpcode::tuple_3:
        return push_items(PickleKind::tuple, pop_last(3));
      case PickleOpcode::append:
        return add(PickleKind::list, pop_last(1));
      case PickleOpcode::appends:
        return add(PickleKind::list, pop_mark());
      case PickleOpcode::set_item:
        return add(PickleKind::dictionary, pop_last(2));
      case PickleOpcode::set_items:
        return add(PickleKind::dictionary, pop_mark());
      case PickleOpcode::put:
        return keep(cursor_.number<uint8_t>());
      case PickleOpcode::long_put:
        return keep(cursor_.number<uint32_t>());
      case PickleOpcode::memoize:
        return keep(memo_.size());
      case PickleOpcode::get:
        return push_memo(cursor_.number<uint8_t>());
      case PickleOpcode::long_get:
        return push_memo(cursor_.number<uint32_t>());
      case PickleOpcode::global: {
        const std::string_view module = line(), name = line();
        return push(known_global(module, name, what_));
      }
      case PickleOpcode::stack_global: {
        const PickleValue &name = at(pop(), PickleKind::text),
                          &module = at(pop(), PickleKind::text);
        return push(known_global(module.text, name.text, what_));
      }
      case PickleOpcode::persistent_id:
        return push_items(PickleKind::storage, few_items(pop()));
      case PickleOpcode::reduce: {
        const PickleIndex arguments = pop(), function = pop();
        return call(function, few_items(arguments));
      }
      case PickleOpcode::
          build:  // attributes, such as _metadata of a state_dict: no tensor is there
        pop();
        at(top(), PickleKind::dictionary);
        return true;
    }
    user_error("{} uses pickle's opcode {}, which is not needed for tensors; nothing was executed",
               what_, refused_opcode(opcode));
  }

  bool call(PickleIndex function, const Items& arguments) {
    switch (pickle_[function].kind) {
      case PickleKind::ordered_dictionary:
        require(arguments.empty(), "{}: OrderedDict is called with arguments, which is not read",
                what_);
        return push_items(PickleKind::dictionary, {});
      case PickleKind::rebuild_tensor:
        return push_items(PickleKind::tensor, arguments);
      case PickleKind::rebuild_parameter:
        require(!arguments.empty(), "{}: a parameter without a tensor", what_);
        at(arguments[0], PickleKind::tensor);
        stack_.push_back(arguments[0]);
        return true;
      default:
        user_error("{} calls {}, which is no function", what_, to_string(pickle_[function].kind));
    }
  }

  int64_t long_integer() {
    const auto bytes = cursor_.number<uint8_t>();
    require(bytes <= sizeof(int64_t), "{}: an integer of {} bytes is too large", what_, bytes);
    uint64_t value = 0;
    const auto digits = cursor_.take(bytes);
    for (size_t i = 0; i < digits.size(); ++i) value |= static_cast<uint64_t>(digits[i]) << (8 * i);
    const bool negative = bytes > 0 && (digits.back() & std::byte{0x80}) != std::byte{};
    if (negative && bytes < sizeof value) value |= ~uint64_t{0} << (8 * bytes);
    return static_cast<int64_t>(value);
  }

  /// The text up to the next end of a line.
  std::string_view line() {
    constexpr size_t kMost = 200;
    ByteCursor begin = cursor_;
    size_t length = 0;
    while (cursor_.number<char>() != '\n')
      require(++length <= kMost, "{}: the name of a class of more than {} bytes", what_, kMost);
    return begin.text(length);
  }

  bool push(PickleValue value) {
    require(pickle_.values.size() < kMostValues, "{} holds more than {} values", what_,
            kMostValues);
    stack_.push_back(static_cast<PickleIndex>(pickle_.values.size()));
    pickle_.values.push_back(std::move(value));
    return true;
  }
  bool push_integer(PickleKind kind, int64_t number) {
    PickleValue value;
    value.kind = kind;
    value.integer = number;
    return push(std::move(value));
  }
  bool push_text(uint64_t bytes) {
    PickleValue value;
    value.kind = PickleKind::text;
    value.text = cursor_.text(bytes);
    return push(std::move(value));
  }
  bool push_items(PickleKind kind, Items items) {
    PickleValue value;
    value.kind = kind;
    value.items = std::move(items);
    return push(std::move(value));
  }
  bool keep(uint64_t key) {
    require(memo_.size() < kMostValues, "{} keeps more than {} values", what_, kMostValues);
    memo_[key] = top();
    return true;
  }
  bool push_memo(uint64_t key) {
    const auto found = memo_.find(key);
    require(found != memo_.end(), "{}: no value was kept under {}", what_, key);
    stack_.push_back(found->second);
    return true;
  }

  void need(size_t count) const {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    require(stack_.size() - floor >= count, "{} is damaged: an opcode lacks its operands", what_);
  }
  PickleIndex top() const {
    need(1);
    return stack_.back();
  }
  PickleIndex pop() {
    const PickleIndex last = top();
    stack_.pop_back();
    return last;
  }
  Items pop_last(size_t count) {
    need(count);
    Items items(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }
  Items pop_mark() {
    require(!marks_.empty(), "{} is damaged: an opcode lacks its mark", what_);
    const size_t count = stack_.size() - marks_.back();
    marks_.pop_back();
    return pop_last(count);
  }

  const PickleValue& at(PickleIndex index, PickleKind kind) const {
    const PickleValue& value = pickle_[index];
    require(value.kind == kind, "{}: {} where {} is due", what_, to_string(value.kind),
            to_string(kind));
    return value;
  }
  /// The items of a tuple that is copied: few, since a pickle can ask for copies without end.
  Items few_items(PickleIndex index) const {
    const Items& items = at(index, PickleKind::tuple).items;
    require(items.size() <= kMostArguments, "{}: {} arguments are too many", what_, items.size());
    return items;
  }
  /// Adds to the list or dictionary on top of the stack.
  bool add(PickleKind kind, const Items& items) {
    at(top(), kind);
    require(kind != PickleKind::dictionary || items.size() % 2 == 0,
            "{} is damaged: a key lacks its value", what_);
    Items& all = pickle_.values[top()].items;
    all.insert(all.end(), items.begin(), items.end());
    return true;
  }

  ByteCursor& cursor_;
  const std::string& what_;
  Pickle pickle_;
  std::vector<PickleIndex> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  std::map<uint64_t, PickleIndex> memo_;
};

}  // namespace

const char* to_string(PickleKind kind) {
  static constexpr const char* kNames[] = {"None",      "a boolean", "an integer", "a float",
                                           "a text",    "a tuple",   "a list",     "a dictionary",
                                           "a class",   "a class",   "a function", "a function",
                                           "a storage", "a tensor"};
  return kNames[static_cast<size_t>(kind)];
}

Pickle read_pickle(ByteCursor& cursor, const std::string& what) {
  return Reader(cursor, what).read();
}

}  // namespace tessera
