#include "framework/core/json.h"

#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/shortened.h"

namespace tessera {
namespace {

/// Builds a document from the parser's events, by the rules of the header. The library's own builder
/// with a callback takes quadratic time over a list of objects.
template <typename Json>
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const std::string& what) : what_(what) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(typename Json::number_integer_t value) override { return add(value); }
  bool number_unsigned(typename Json::number_unsigned_t value) override { return add(value); }
  bool number_float(typename Json::number_float_t value, const std::string&) override {
    return add(value);
  }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(typename Json::binary_t& value) override { return add(std::move(value)); }

  bool start_object(size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    Level& level = open_.back();
    require(level.keys.insert(name).second, "{}: the key \"{}\" is given twice", what_, name);
    level.key = std::move(name);
    return true;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    if (const auto* parse = dynamic_cast<const nlohmann::json::parse_error*>(&error))
      user_error("{} is not JSON: it makes no sense at byte {}", what_, parse->byte);
    user_error("{} is not JSON: {}", what_, shortened(error.what()));
  }

 private:
  struct Level {
    Json* container;
    std::set<std::string> keys;
    std::string key;  // of the value that comes next
  };

  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Level& level = open_.back();
    if (level.container->is_array()) {
      level.container->push_back(std::move(value));
      return &level.container->back();
    }
    auto& object = level.container->template get_ref<typename Json::object_t&>();
    if constexpr (std::is_same_v<Json, nlohmann::ordered_json>) {
      object.emplace_back(std::move(level.key), std::move(value));
      return &object.back().second;
    } else {
      return &object.emplace(std::move(level.key), std::move(value)).first->second;
    }
  }
  template <typename Value>
  bool add(Value&& value) {
    place(Json(std::forward<Value>(value)));
    return true;
  }
  bool open(Json empty) {
    require(open_.size() < kJsonLevels, "{}: nested deeper than {} levels", what_, kJsonLevels);
    open_.push_back({place(std::move(empty)), {}, {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& what_;
  Json root_;
  std::vector<Level> open_;
};

template <typename Json>
Json parse_object(std::string_view text, const std::string& what) {
  require(text.find('\0') == std::string_view::npos, "{} is not JSON: it holds zero bytes", what);
  Builder<Json> builder(what);
  Json::sax_parse(text.begin(), text.end(), &builder);
  Json json = builder.take();
  require(json.is_object(), "{}: the JSON is no object", what);
  return json;
}

template <typename Json>
int64_t count_of(const Json& value, const std::string& what) {
  require(value.is_number_unsigned() || value.is_number_integer(),
          "{}: an integer is expected in place of a {}", what, value.type_name());
  // The library keeps a number above int64 as unsigned; every other one reads back as the signed
  // value that it is.
  const bool fits =
      !value.is_number_unsigned() || value.template get<uint64_t>() <= uint64_t{INT64_MAX};
  const int64_t count = fits ? value.template get<int64_t>() : -1;
  require(count >= 0, "{}: {} is out of range", what, value.dump());
  return count;
}

}  // namespace

nlohmann::json parse_json_object(std::string_view text, const std::string& what) {
  return parse_object<nlohmann::json>(text, what);
}

nlohmann::ordered_json parse_ordered_json_object(std::string_view text, const std::string& what) {
  return parse_object<nlohmann::ordered_json>(text, what);
}

const nlohmann::json& json_member(const nlohmann::json& object, const char* key,
                                  const std::string& what) {
  require(object.is_object(), "{}: an object with \"{}\" is expected", what, key);
  const auto found = object.find(key);
  require(found != object.end(), "{}: \"{}\" is missing", what, key);
  return *found;
}

const std::string& json_text(const nlohmann::json& value, const std::string& what) {
  require(value.is_string(), "{}: a text is expected in place of a {}", what, value.type_name());
  return value.get_ref<const std::string&>();
}

const nlohmann::json& json_list(const nlohmann::json& value, const std::string& what) {
  require(value.is_array(), "{}: a list is expected in place of a {}", what, value.type_name());
  return value;
}

int64_t json_count(const nlohmann::json& value, const std::string& what) {
  return count_of(value, what);
}

int64_t json_count(const nlohmann::ordered_json& value, const std::string& what) {
  return count_of(value, what);
}

Shape json_shape(const nlohmann::json& value, const std::string& what) {
  Shape shape;
  for (const auto& dim : json_list(value, what)) shape.push_back(json_count(dim, what));
  return shape;
}

int64_t checked_bytes(const Shape& shape, size_t element_bytes, const std::string& what) {
  int64_t bytes = static_cast<int64_t>(element_bytes);
  for (const int64_t dim : shape)
    require(dim >= 0 && !__builtin_mul_overflow(bytes, dim, &bytes),
            "{}: the shape {} is too large", what, to_string(shape));
  return bytes;
}

}  // namespace tessera
