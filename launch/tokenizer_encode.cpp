// `tessera tokenizer encode` and `decode`: text to ids and back, line by line.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <functional>

#include "framework/core/error.h"
#include "framework/core/shortened.h"
#include "framework/data/input_file.h"
#include "launch/command_line.h"
#include "launch/tokenizer_modes.h"

namespace tessera {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;

/// A file, or standard input for an empty name, read from start to end.
class Input {
 public:
  explicit Input(const std::string& name) : name_(name), file_(name.empty() ? "-" : name) {
    require(file_.error() == 0, "{}: cannot read: {}", shown(), std::strerror(file_.error()));
  }

  /// Appends the next bytes; false at the end.
  bool read(std::string& text) {
    const size_t before = text.size();
    text.resize(before + kReadBytes);
    const size_t got = file_.read(text.data() + before, kReadBytes);
    text.resize(before + got);
    return got > 0;
  }

 private:
  std::string shown() const { return name_.empty() ? "standard input" : name_; }

  std::string name_;
  InputFile file_;
};

/// Hands out the lines of a file, or of standard input for an empty name, without their ends.
void for_each_line(const std::string& name, const std::function<void(std::string_view)>& line) {
  Input input(name);
  std::string text;
  size_t searched = 0;
  while (true) {
    const bool more = input.read(text);
    size_t begin = 0;
    for (size_t end; (end = text.find('\n', std::max(begin, searched))) != text.npos;
         begin = end + 1)
      line(std::string_view(text).substr(begin, end - begin));
    if (!more && begin < text.size()) line(std::string_view(text).substr(begin));
    if (!more) return;
    text.erase(0, begin);
    searched = text.size();
  }
}

std::string whole_input(const std::string& name) {
  Input input(name);
  std::string text;
  while (input.read(text)) {
  }
  return text;
}

/// Standard output in large pieces.
class Output {
 public:
  void add(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    require(written, "standard output cannot be written: {}", std::strerror(errno));
  }
};

std::string line_of(std::span<const int32_t> ids) {
  std::string text;
  char digits[16];
  for (const int32_t id : ids) {
    if (!text.empty()) text.push_back(' ');
    text.append(digits, std::to_chars(digits, digits + sizeof digits, id).ptr);
  }
  text.push_back('\n');
  return text;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::vector<int32_t> ids_of(std::string_view line, int64_t number) {
  std::vector<int32_t> ids;
  for (size_t at = 0; at < line.size();) {
    if (is_space(line[at])) {
      ++at;
      continue;
    }
    int32_t id = -1;
    const auto [end, error] = std::from_chars(line.data() + at, line.data() + line.size(), id);
    require(error == std::errc() && id >= 0,
            "line {}: '{}' is not a list of ids: whole numbers between spaces", number,
            shortened(line.substr(at), 40));
    ids.push_back(id);
    at = static_cast<size_t>(end - line.data());
    require(at == line.size() || is_space(line[at]),
            "line {}: '{}' stands behind the id {}; ids are whole numbers between spaces", number,
            shortened(line.substr(at), 40), id);
  }
  return ids;
}

}  // namespace

int tokenizer_encode(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer encode",
      .summary =
          "Encodes each line of a file, or of standard input, by itself and without the special "
          "tokens around a text; prints its ids on one line.",
      .words =
          {{"SOURCE",
            "a folder or file of a tokenizer, or of shards, a run or a checkpoint; or `bytes`"},
           {"FILE", "the text (default: standard input)", Word::Count::optional}},
      .options = {{"text", "", "encode the whole file as one text"},
                  {"specials", "", "special tokens that the text spells out become those tokens"}},
      .examples = {"gpt2/ README.md", "runs/quickstart --text < README.md"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  Encoder encoder(named_tokenizer(given->text("SOURCE"), "SOURCE"));
  const EncodeOptions options{.specials = given->has("specials")};
  Output output;
  std::vector<int32_t> ids;
  const auto encode = [&](std::string_view text) {
    ids.clear();
    encoder.encode(text, options, ids);
    output.add(line_of(ids));
  };
  if (given->has("text"))
    encode(whole_input(given->text("FILE")));
  else
    for_each_line(given->text("FILE"), encode);
  return 0;
}

int tokenizer_decode(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "tokenizer decode",
      .summary = "Turns each line of ids into a line of text; special tokens stand for none.",
      .words =
          {{"SOURCE",
            "a folder or file of a tokenizer, or of shards, a run or a checkpoint; or `bytes`"},
           {"FILE", "the ids (default: standard input)", Word::Count::optional}},
      .options = {{"text", "", "take all ids for one text, and print it as it is"}},
      .examples = {"gpt2/ ids.txt"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const auto tokenizer = named_tokenizer(given->text("SOURCE"), "SOURCE");
  Output output;
  int64_t number = 0;
  if (given->has("text")) {
    output.add(tokenizer->decode(ids_of(whole_input(given->text("FILE")), 1)));
    return 0;
  }
  for_each_line(given->text("FILE"), [&](std::string_view ids) {
    output.add(tokenizer->decode(ids_of(ids, ++number)) + "\n");
  });
  return 0;
}

}  // namespace tessera
