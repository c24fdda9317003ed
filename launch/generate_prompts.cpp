#include "launch/generate_prompts.h"

#include <fmt/format.h>

#include <cstring>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/data/input_file.h"

namespace tessera {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;

std::string whole_text(const std::string& name) {
  InputFile file(name);
  require(file.error() == 0, "--prompts: {} cannot be read: {}", name, std::strerror(file.error()));
  std::string text;
  for (size_t got = 1; got > 0;) {
    const size_t before = text.size();
    text.resize(before + kReadBytes);
    got = file.read(text.data() + before, kReadBytes);
    text.resize(before + got);
  }
  return text;
}

Prompt prompt_of(const std::string& line, const std::string& where, bool chat) {
  Prompt out;
  out.text = line;
  if (!line.starts_with('{')) return out;
  out.members = parse_ordered_json_object(line, where);
  if (chat && out.members.contains("messages")) {
    out.text.clear();
    return out;
  }
  const auto text = out.members.find("prompt");
  require(text != out.members.end() && text->is_string(), "{}: the object has no text \"prompt\"",
          where);
  out.text = text->get<std::string>();
  return out;
}

}  // namespace

std::vector<Prompt> read_prompts(const std::string& file, bool chat) {
  const std::string text = whole_text(file);
  std::vector<Prompt> out;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const bool carriage = end > begin && text[end - 1] == '\r';
    const std::string line = text.substr(begin, end - begin - (carriage ? 1 : 0));
    out.push_back(prompt_of(line, fmt::format("{}: line {}", file, out.size() + 1), chat));
    begin = end + 1;
  }
  require(!out.empty(), "--prompts: {} has no line", file);
  return out;
}

}  // namespace tessera
