#include "framework/tokenizer/hugging_face_json.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/shortened.h"

namespace tessera {
namespace {

using nlohmann::json;

/// Receives the parser's events. A document is built as in json.h, but for the lists of the model,
/// whose events go to the flat lists.
class Reader : public nlohmann::json_sax<json> {
 public:
  enum class Into { document, ids, scores, merges };

  Reader(HuggingFaceJson& made, Into into, const std::string& what)
      : made_(made), into_(into), what_(what) {}

  bool null() override { return value(json(nullptr)); }
  bool boolean(bool flag) override { return value(json(flag)); }
  bool number_integer(int64_t number) override {
    if (into_ == Into::ids) return id(number);
    if (into_ == Into::scores) return score(static_cast<double>(number));
    return value(json(number));
  }
  bool number_unsigned(uint64_t number) override {
    if (into_ == Into::ids && number <= uint64_t{INT64_MAX})
      return id(static_cast<int64_t>(number));
    if (into_ == Into::scores) return score(static_cast<double>(number));
    return value(json(number));
  }
  bool number_float(double number, const std::string&) override {
    return into_ == Into::scores ? score(number) : value(json(number));
  }
  bool string(std::string& text) override {
    if (into_ == Into::merges) return merge_part(text);
    if (into_ == Into::scores && level_ == lists_ + 1 && parts_ == 0) {
      made_.scores.emplace_back(std::move(text), 0.0);
      ++parts_;
      return true;
    }
    return value(json(std::move(text)));
  }
  bool binary(json::binary_t&) override { return false; }

  bool start_object(size_t) override {
    open();
    if (into_ == Into::document && in_model("vocab")) {
      require(!made_.has_ids && !made_.has_scores, "{}: the key \"vocab\" is given twice", what_);
      made_.has_ids = true;
      return enter(Into::ids);
    }
    if (into_ == Into::ids && level_ == 1) return true;  // a vocab.json
    return start(json::object());
  }
  bool key(std::string& name) override {
    if (into_ != Into::document) {
      key_ = std::move(name);
      return true;
    }
    require(!open_.back()->contains(name), "{}: the key \"{}\" is given twice", what_, name);
    key_ = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }

  bool start_array(size_t) override {
    open();
    if (into_ == Into::document && in_model("vocab")) {
      require(!made_.has_ids && !made_.has_scores, "{}: the key \"vocab\" is given twice", what_);
      made_.has_scores = true;
      return enter(Into::scores);
    }
    if (into_ == Into::document && in_model("merges")) {
      require(!made_.has_merges, "{}: the key \"merges\" is given twice", what_);
      made_.has_merges = true;
      return enter(Into::merges);
    }
    if ((into_ == Into::scores || into_ == Into::merges) && level_ == lists_ + 1) {
      require(into_ != Into::merges || made_.merges.empty() || pairs_,
              "{}: some merges are texts and others are pairs", what_);
      pairs_ = true;
      parts_ = 0;
      return true;
    }
    return start(json::array());
  }
  bool end_array() override {
    if (into_ == Into::scores && level_ == lists_ + 1)
      require(parts_ == 2, "{}: entry {} of \"vocab\" is no pair of a token and its score", what_,
              made_.scores.size());
    if (into_ == Into::merges && level_ == lists_ + 1)
      require(parts_ == 2, "{}: merge {} is no pair of tokens", what_, made_.merges.size());
    return close();
  }

  bool parse_error(size_t at, const std::string&, const json::exception& error) override {
    // What is no syntax error is a number out of range.
    if (dynamic_cast<const json::parse_error*>(&error) == nullptr)
      user_error("{} is not JSON: {}", what_, shortened(error.what()));
    user_error("{} is not JSON: it makes no sense at byte {}", what_, at);
  }

 private:
  void open() {
    require(level_ < kJsonLevels, "{}: nested deeper than {} levels", what_, kJsonLevels);
    ++level_;
  }
  bool close() {
    if (into_ != Into::document) {
      if (level_ == lists_) into_ = Into::document;
    } else {
      open_.pop_back();
    }
    --level_;
    return true;
  }
  /// Whether the value that begins now is the member `name` of the model.
  bool in_model(std::string_view name) const {
    return level_ == 3 && key_ == name && open_.size() == 2 && open_.back() == model_;
  }
  bool enter(Into into) {
    into_ = into;
    lists_ = level_;
    return true;
  }
  bool start(json container) {
    if (into_ != Into::document) return misplaced(container);
    json* place = put(std::move(container));
    if (open_.size() == 1 && key_ == "model" && open_.front()->is_object()) model_ = place;
    open_.push_back(place);
    return true;
  }
  bool value(json single) {
    if (into_ != Into::document) return misplaced(single);
    require(!open_.empty(), "{}: the JSON is no object", what_);
    put(std::move(single));
    return true;
  }
  json* put(json part) {
    if (open_.empty()) {
      require(part.is_object(), "{}: the JSON is no object", what_);
      made_.rest = std::move(part);
      return &made_.rest;
    }
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(part));
      return &parent.back();
    }
    return &(parent[key_] = std::move(part));
  }
  bool id(int64_t number) {
    require(level_ > 0, "{}: the JSON is no object", what_);
    made_.ids.emplace_back(std::move(key_), number);
    return true;
  }
  bool score(double number) {
    require(level_ == lists_ + 1 && parts_ == 1,
            "{}: entry {} of \"vocab\" is no pair of a token and its score", what_,
            made_.scores.size());
    made_.scores.back().second = number;
    ++parts_;
    return true;
  }
  bool merge_part(std::string& text) {
    if (level_ == lists_) {
      require(!pairs_, "{}: some merges are texts and others are pairs", what_);
      if (!text.starts_with("#version"))
        made_.merges.push_back(split_merge(text, made_.merges.size() + 1, what_));
      return true;
    }
    require(parts_ < 2, "{}: merge {} is no pair of tokens", what_, made_.merges.size());
    if (parts_++ == 0)
      made_.merges.emplace_back(std::move(text), std::string());
    else
      made_.merges.back().second = std::move(text);
    return true;
  }
  bool misplaced(const json& part) const {
    if (into_ == Into::ids && (level_ == 0 || (level_ == 1 && part.is_structured())))
      user_error("{}: the JSON is no object", what_);
    if (into_ == Into::ids)
      user_error("{}: the id of token '{}' is no integer that fits", what_, key_);
    if (into_ == Into::scores)
      user_error("{}: entry {} of \"vocab\" is no pair of a token and its score", what_,
                 made_.scores.size() + (parts_ == 0 ? 1 : 0));
    user_error("{}: merge {} is no pair of tokens", what_,
               made_.merges.size() + (parts_ == 0 ? 1 : 0));
  }

  HuggingFaceJson& made_;
  Into into_;
  const std::string& what_;
  std::vector<json*> open_;  // objects and lists of the document
  json* model_ = nullptr;
  std::string key_;
  int level_ = 0, lists_ = 1;  // levels open; that of the flat list
  int parts_ = 0;              // of the pair that is open
  bool pairs_ = false;
};

void parse(std::string_view text, Reader& reader, const std::string& what) {
  require(!text.starts_with("\xef\xbb\xbf"),
          "{} begins with a byte order mark; save it as UTF-8 without one", what);
  require(text.find('\0') == std::string_view::npos, "{} is not JSON: it holds zero bytes", what);
  json::sax_parse(text.begin(), text.end(), &reader);
}

}  // namespace

HuggingFaceJson parse_hugging_face_json(std::string_view text, const std::string& what) {
  HuggingFaceJson made;
  Reader reader(made, Reader::Into::document, what);
  parse(text, reader, what);
  return made;
}

HuggingFaceJson::Ids parse_vocabulary_json(std::string_view text, const std::string& what) {
  HuggingFaceJson made;
  Reader reader(made, Reader::Into::ids, what);
  parse(text, reader, what);
  return std::move(made.ids);
}

std::pair<std::string, std::string> split_merge(std::string_view line, size_t number,
                                                const std::string& what) {
  const size_t space = line.find(' ');
  require(space != std::string_view::npos && line.find(' ', space + 1) == std::string_view::npos,
          "{}: merge {}, '{}', is not two tokens with one space between them", what, number,
          shortened(line, 100));
  return {std::string(line.substr(0, space)), std::string(line.substr(space + 1))};
}

}  // namespace tessera
