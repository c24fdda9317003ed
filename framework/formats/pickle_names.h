// The names that pickles of tensors use: opcodes, and what torch calls its storages and functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/formats/pickle.h"

namespace tessera {

/// Opcodes that read_pickle knows, by their byte.
enum class PickleOpcode : uint8_t {
  mark = '(',
  stop = '.',
  binary_integer = 'J',
  binary_integer_1 = 'K',
  binary_integer_2 = 'M',
  none = 'N',
  persistent_id = 'Q',
  reduce = 'R',
  string = 'T',
  short_string = 'U',
  unicode = 'X',
  append = 'a',
  build = 'b',
  global = 'c',
  appends = 'e',
  get = 'h',
  long_get = 'j',
  put = 'q',
  long_put = 'r',
  set_item = 's',
  tuple = 't',
  set_items = 'u',
  empty_dictionary = '}',
  empty_list = ']',
  empty_tuple = ')',
  real = 'G',
  protocol = 0x80,
  tuple_1 = 0x85,
  tuple_2 = 0x86,
  tuple_3 = 0x87,
  new_true = 0x88,
  new_false = 0x89,
  long_integer = 0x8a,
  short_unicode = 0x8c,
  long_unicode = 0x8d,
  stack_global = 0x93,
  memoize = 0x94,
  frame = 0x95,
};

/// "NEWOBJ (0x81)": the name that Python's pickletools give an opcode that read_pickle refuses.
std::string refused_opcode(uint8_t opcode);

/// The value that a class or function stands for; throws UserError that begins with `what` for all
/// but a few.
PickleValue known_global(std::string_view module, std::string_view name, const std::string& what);

}  // namespace tessera
