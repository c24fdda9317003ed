#include "framework/formats/pickle_names.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

struct Opcode {
  uint8_t byte;
  const char* name;
};
constexpr Opcode kRefused[] = {{'0', "POP"},
                               {'1', "POP_MARK"},
                               {'2', "DUP"},
                               {'B', "BINBYTES"},
                               {'C', "SHORT_BINBYTES"},
                               {'F', "FLOAT"},
                               {'I', "INT"},
                               {'L', "LONG"},
                               {'P', "PERSID"},
                               {'S', "STRING"},
                               {'V', "UNICODE"},
                               {'d', "DICT"},
                               {'g', "GET"},
                               {'i', "INST"},
                               {'l', "LIST"},
                               {'o', "OBJ"},
                               {'p', "PUT"},
                               {0x81, "NEWOBJ"},
                               {0x82, "EXT1"},
                               {0x83, "EXT2"},
                               {0x84, "EXT4"},
                               {0x8b, "LONG4"},
                               {0x8e, "BINBYTES8"},
                               {0x8f, "EMPTY_SET"},
                               {0x90, "ADDITEMS"},
                               {0x91, "FROZENSET"},
                               {0x92, "NEWOBJ_EX"},
                               {0x96, "BYTEARRAY8"},
                               {0x97, "NEXT_BUFFER"},
                               {0x98, "READONLY_BUFFER"}};

struct Storage {
  std::string_view name;
  StoredType type;
};
constexpr Storage kStorages[] = {
    {"FloatStorage", StoredType::f32},     {"HalfStorage", StoredType::f16},
    {"BFloat16Storage", StoredType::bf16}, {"DoubleStorage", StoredType::f64},
    {"LongStorage", StoredType::i64},      {"IntStorage", StoredType::i32},
    {"ShortStorage", StoredType::i16},     {"CharStorage", StoredType::i8},
    {"ByteStorage", StoredType::u8},       {"BoolStorage", StoredType::boolean}};

}  // namespace

std::string refused_opcode(uint8_t opcode) {
  for (const Opcode& row : kRefused)
    if (row.byte == opcode) return fmt::format("{} ({:#04x})", row.name, opcode);
  return fmt::format("{:#04x}", opcode);
}

PickleValue known_global(std::string_view module, std::string_view name, const std::string& what) {
  PickleValue value;
  if (module == "torch") {
    for (const Storage& storage : kStorages) {
      if (storage.name != name) continue;
      value.kind = PickleKind::storage_type;
      value.type = storage.type;
      return value;
    }
  }
  if (module == "collections" && name == "OrderedDict")
    value.kind = PickleKind::ordered_dictionary;
  else if (module == "torch._utils" && name == "_rebuild_tensor_v2")
    value.kind = PickleKind::rebuild_tensor;
  else if (module == "torch._utils" && name == "_rebuild_parameter")
    value.kind = PickleKind::rebuild_parameter;
  else
    user_error(
        "{} asks for {}.{}, which is not needed for tensors; nothing was executed. Where "
        "you trust the file, load it in Python and write its tensors with "
        "safetensors.torch.save_file",
        what, module, name);
  return value;
}

}  // namespace tessera
