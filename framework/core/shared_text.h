// SharedText: a text that is written once and read in many places. Copies share the text, and it is
// hashed once.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tessera {

class SharedText {
 public:
  SharedText() = default;
  explicit SharedText(std::string text)
      : content_(std::make_shared<const Content>(std::move(text))) {}

  const std::string& str() const { return content_ ? content_->text : empty_text(); }
  operator const std::string&() const { return str(); }
  operator std::string_view() const { return str(); }
  bool empty() const { return str().empty(); }

  /// As hash_of(str()).
  size_t hash() const { return content_ ? content_->hash : hash_of({}); }
  static size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.content_ == b.content_ || (a.hash() == b.hash() && a.str() == b.str());
  }
  friend bool operator==(const SharedText& a, std::string_view b) { return a.str() == b; }
  friend std::string operator+(const SharedText& a, std::string_view b) {
    return std::string(a.str()).append(b);
  }
  friend std::string operator+(std::string_view a, const SharedText& b) {
    return std::string(a).append(b.str());
  }

 private:
  struct Content {
    explicit Content(std::string words) : text(std::move(words)), hash(hash_of(text)) {}
    std::string text;
    size_t hash;
  };
  static const std::string& empty_text() {
    static const std::string empty;
    return empty;
  }

  std::shared_ptr<const Content> content_;  // none: the empty text
};

}  // namespace tessera

template <>
struct fmt::formatter<tessera::SharedText> : fmt::formatter<std::string_view> {
  auto format(const tessera::SharedText& text, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(text.str(), context);
  }
};
