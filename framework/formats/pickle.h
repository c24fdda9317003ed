// A reader of Python's pickles that knows what tensors need, and nothing else: plain data (protocols
// 2 to 5), torch's storages, and the three calls that make tensors and ordered dictionaries. It
// executes nothing: those calls become values of a kind of their own, and every other name or
// opcode is refused by its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/formats/byte_cursor.h"
#include "framework/formats/stored_type.h"

namespace tessera {

/// The place of a value in Pickle::values.
using PickleIndex = uint32_t;

enum class PickleKind : uint8_t {
  none,
  boolean,
  integer,
  real,
  text,
  tuple,
  list,
  dictionary,
  ordered_dictionary,  // the class collections.OrderedDict
  storage_type,        // a class such as torch.FloatStorage
  rebuild_tensor,      // the function torch._utils._rebuild_tensor_v2
  rebuild_parameter,   // the function torch._utils._rebuild_parameter
  storage,             // a persistent id: items are those of its tuple
  tensor,              // the result of rebuild_tensor: items are its arguments
};

/// "a dictionary"
const char* to_string(PickleKind kind);

struct PickleValue {
  PickleKind kind = PickleKind::none;
  StoredType type = StoredType::f32;  // of a storage type
  int64_t integer = 0;                // also of a boolean
  std::string text;
  // Of tuples and lists; of dictionaries keys and values by turns. A value may hold itself.
  std::vector<PickleIndex> items;
};

struct Pickle {
  std::vector<PickleValue> values;
  PickleIndex root = 0;

  const PickleValue& operator[](PickleIndex index) const { return values[index]; }
};

/// Reads one pickle, which ends with its STOP. Throws UserError that begins with `what`.
Pickle read_pickle(ByteCursor& cursor, const std::string& what);

}  // namespace tessera
