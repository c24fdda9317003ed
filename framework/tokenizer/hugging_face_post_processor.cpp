#include "framework/tokenizer/hugging_face_post_processor.h"

#include <limits>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/hugging_face_options.h"

namespace tessera {
namespace {

using nlohmann::json;
using Item = PostProcessor::Item;
using Items = std::vector<Item>;

/// What the processors have made so far of one text, or of two: a list of parts, which are joined at
/// the end. The first processor sees one part for each text.
using Parts = std::vector<Items>;

class Parser {
 public:
  explicit Parser(int64_t vocab_size) : vocab_size_(vocab_size) {}

  void apply(const json& part, const std::string& what, Parts& parts) const {
    std::string type = part_type(part, what);
    if (type.empty()) type = type_by_options(part);
    if (type == "TemplateProcessing") {
      fill_template(part, what, parts);
    } else if (type == "BertProcessing") {
      surround(part, false, what, parts);
    } else if (type == "RobertaProcessing") {
      surround(part, true, what, parts);
    } else if (type == "Sequence") {
      size_t number = 0;
      for (const json& inner : list_option(part, "processors", what))
        apply(inner, fmt::format("{}, step {}", what, ++number), parts);
    } else {
      // ByteLevel changes offsets alone.
      require(type == "ByteLevel",
              "{}: the type '{}' is unknown; known are TemplateProcessing, BertProcessing, "
              "RobertaProcessing, ByteLevel and Sequence",
              what, type);
    }
  }

 private:
  /// Old files have no types; the reference takes the first part whose options are there.
  static std::string type_by_options(const json& part) {
    if (part.contains("sep") && part.contains("cls"))
      return part.contains("trim_offsets") ? "RobertaProcessing" : "BertProcessing";
    return "";
  }

  int32_t id(const json& value, const std::string& what) const {
    const int64_t id = json_count(value, what);
    require(id < vocab_size_, "{}: {} is no token; ids are 0 to {}", what, id, vocab_size_ - 1);
    return static_cast<int32_t>(id);
  }

  static int32_t type_id(const json& piece, const std::string& what) {
    const int64_t type = count_option(piece, "type_id", what);
    require(type <= std::numeric_limits<int32_t>::max(), "{}: {} is too large for a \"type_id\"",
            what, type);
    return static_cast<int32_t>(type);
  }

  void fill_template(const json& part, const std::string& what, Parts& parts) const {
    require(parts.size() <= 2,
            "{}: a template takes one text or two, but the processor before it makes {} parts",
            what, parts.size());
    const char* name = parts.size() == 2 ? "pair" : "single";
    const json& specials = json_member(part, "special_tokens", what);
    Parts made;
    for (const json& piece : list_option(part, name, what)) {
      const std::string where = fmt::format("{}: \"{}\", piece {}", what, name, made.size() + 1);
      require(piece.is_object() && piece.size() == 1 &&
                  (piece.contains("Sequence") || piece.contains("SpecialToken")),
              "{}: a \"Sequence\" or a \"SpecialToken\" is expected", where);
      made.push_back(piece.contains("Sequence") ? sequence(piece["Sequence"], parts, where)
                                                : special(piece["SpecialToken"], specials, where));
    }
    parts = std::move(made);
  }

  static Items sequence(const json& piece, const Parts& parts, const std::string& what) {
    const std::string& name = text_option(piece, "id", what);
    require(name == "A" || name == "B", "{}: the text '{}' is unknown; there are A and B", what,
            name);
    const size_t number = name == "A" ? 0 : 1;
    require(number < parts.size(), "{}: there is no text B", what);
    Items items = parts[number];
    for (Item& item : items) item.type = type_id(piece, what);
    return items;
  }

  Items special(const json& piece, const json& specials, const std::string& what) const {
    const std::string& name = text_option(piece, "id", what);
    const auto found = specials.is_object() ? specials.find(name) : specials.end();
    require(found != specials.end(), "{}: '{}' is not among the \"special_tokens\"", what, name);
    Items items;
    const std::string where = fmt::format("{}: special token '{}'", what, name);
    for (const json& value : list_option(*found, "ids", where))
      items.push_back({Item::Kind::special, id(value, where), type_id(piece, what)});
    return items;
  }

  /// [name, id]
  Item named(const json& part, const char* name, const std::string& what) const {
    const json& pair = json_member(part, name, what);
    require(pair.is_array() && pair.size() == 2 && pair[0].is_string(),
            "{}: \"{}\" is to be a token and its id", what, name);
    return {Item::Kind::special, id(pair[1], fmt::format("{}: \"{}\"", what, name)), 0};
  }

  void surround(const json& part, bool roberta, const std::string& what, Parts& parts) const {
    const Item cls = named(part, "cls", what);
    Item sep = named(part, "sep", what);
    for (size_t i = 0; i < parts.size(); ++i) {
      Items& items = parts[i];
      if (roberta)
        for (Item& item : items) item.type = 0;
      sep.type = i == 0 || roberta ? 0 : 1;
      if (i == 0)
        items.insert(items.begin(), cls);
      else if (roberta)
        items.insert(items.begin(), sep);
      items.push_back(sep);
    }
  }

  int64_t vocab_size_;
};

Items join(const Parts& parts) {
  Items items;
  for (const Items& part : parts) items.insert(items.end(), part.begin(), part.end());
  return items;
}

}  // namespace

PostProcessor parse_post_processor(const json& part, int64_t vocab_size, const std::string& what) {
  PostProcessor processor;
  if (part.is_null()) return processor;
  const Parser parser(vocab_size);
  Parts single{{processor.pair[0]}}, pair{{processor.pair[0]}, {processor.pair[1]}};
  parser.apply(part, what, single);
  parser.apply(part, what, pair);
  return {join(single), join(pair)};
}

}  // namespace tessera
