// A GGUF file: every key, asked for as every type, and every tensor.
#include "framework/formats/gguf_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_tensors.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

template <typename Ask>
void ask(const Ask& get) {
  try {
    get();
  } catch (const UserError&) {  // the key has another type
  }
}

void read(std::string_view input) {
  static const TemporaryFolder folder;
  write_file(folder / "x", std::string(input));
  const GgufFile file(folder / "x");
  const GgufMetadata& keys = file.metadata();
  for (const std::string& key : keys.keys()) {
    keys.type(key);
    ask([&] { keys.text(key); });
    ask([&] { keys.integer(key); });
    ask([&] { keys.real(key); });
    ask([&] { keys.flag(key); });
    ask([&] { keys.texts(key); });
    ask([&] { keys.integers(key); });
    ask([&] { keys.reals(key); });
  }
  read_all_tensors(file);
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(gguf, tessera::read)
