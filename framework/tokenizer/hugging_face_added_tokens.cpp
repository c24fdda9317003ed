#include "framework/tokenizer/hugging_face_added_tokens.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/hugging_face_options.h"

namespace tessera {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kOptions = {
    "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"};

AddedToken token_of(const json& part, const std::string& what) {
  require(part.is_object(), "{}: an object is expected in place of a {}", what, part.type_name());
  for (const auto& [name, value] : part.items())
    require(std::find(kOptions.begin(), kOptions.end(), name) != kOptions.end(),
            "{}: the option \"{}\" is unknown", what, name);
  const int64_t id = count_option(part, "id", what);
  require(id < INT32_MAX, "{}: the id {} is out of range", what, id);
  return {.content = text_option(part, "content", what),
          .id = static_cast<int32_t>(id),
          .special = flag_option(part, "special", what),
          .single_word = flag_option(part, "single_word", what),
          .left_strip = flag_option(part, "lstrip", what),
          .right_strip = flag_option(part, "rstrip", what),
          .normalized = flag_option(part, "normalized", what)};
}

}  // namespace

std::vector<AddedToken> parse_added_tokens(const json& list, const std::string& what) {
  std::vector<AddedToken> tokens;
  size_t number = 0;
  for (const json& part : json_list(list, what))
    tokens.push_back(token_of(part, fmt::format("{}[{}]", what, number++)));
  return tokens;
}

}  // namespace tessera
