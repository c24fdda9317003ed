// tokenizer_config.json, special_tokens_map.json and added_tokens.json beside a small vocabulary.
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void read_config(std::string_view input) {
  const uint8_t kind = take_byte(input);
  std::map<std::string, std::string> files;
  files["tokenizer_config.json"] = take_part(input);
  for (const char* name : {"special_tokens_map.json", "added_tokens.json"})
    if (!input.empty()) files[name] = take_part(input);
  if (kind % 2 == 0) {
    files["vocab.txt"] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\nthe\nhello\n1\n##2\n";
  } else {
    files["vocab.json"] = R"({"a":0,"b":1,"ab":2,"\u0120":3,"<s>":4,"</s>":5,"<unk>":6})";
    files["merges.txt"] = "#version: 0.2\na b\n";
  }
  check_files(std::move(files));
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(tokenizer_config, tessera::read_config)
