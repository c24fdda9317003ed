#include "framework/core/json.h"

#include <set>
#include <vector>

#include "framework/core/error.h"

namespace tessera {
namespace {

template <typename Json>
Json parse_object(std::string_view text, const std::string& what) {
  using Event = typename Json::parse_event_t;
  std::vector<std::set<std::string>> keys;  // keys of the objects that are open
  const auto watch = [&](int depth, Event event, Json& parsed) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    require(!opens || depth < kJsonLevels, "{}: nested deeper than {} levels", what, kJsonLevels);
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key) {
      const auto& key = parsed.template get_ref<const std::string&>();
      require(keys.back().insert(key).second, "{}: the key \"{}\" is given twice", what, key);
    }
    return true;
  };
  require(text.find('\0') == std::string_view::npos, "{} is not JSON: it holds zero bytes", what);
  Json json;
  try {
    json = Json::parse(text.begin(), text.end(), watch);
  } catch (const nlohmann::json::parse_error& error) {
    user_error("{} is not JSON: it makes no sense at byte {}", what, error.byte);
  } catch (const nlohmann::json::exception& error) {
    user_error("{} is not JSON: {}", what, std::string_view(error.what()).substr(0, 200));
  }
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
