#include "framework/config/foreign_space.h"

namespace tessera {
namespace {

struct Space {
  std::string_view bytes, name;
};

constexpr Space kSpaces[] = {{"\xC2\x85", "U+0085, a next-line control"},
                             {"\xC2\xA0", "U+00A0, a no-break space"},
                             {"\xE1\x9A\x80", "U+1680, a space mark"},
                             {"\xE2\x80\x80", "U+2000, a wide space"},
                             {"\xE2\x80\x81", "U+2001, a wide space"},
                             {"\xE2\x80\x82", "U+2002, a wide space"},
                             {"\xE2\x80\x83", "U+2003, a wide space"},
                             {"\xE2\x80\x84", "U+2004, a thin space"},
                             {"\xE2\x80\x85", "U+2005, a thin space"},
                             {"\xE2\x80\x86", "U+2006, a thin space"},
                             {"\xE2\x80\x87", "U+2007, a no-break space as wide as a digit"},
                             {"\xE2\x80\x88", "U+2008, a thin space"},
                             {"\xE2\x80\x89", "U+2009, a thin space"},
                             {"\xE2\x80\x8A", "U+200A, a thin space"},
                             {"\xE2\x80\x8B", "U+200B, a space of no width"},
                             {"\xE2\x80\xA8", "U+2028, a line separator"},
                             {"\xE2\x80\xA9", "U+2029, a paragraph separator"},
                             {"\xE2\x80\xAF", "U+202F, a narrow no-break space"},
                             {"\xE2\x81\x9F", "U+205F, a wide space"},
                             {"\xE2\x81\xA0", "U+2060, a no-break space of no width"},
                             {"\xE3\x80\x80", "U+3000, a wide space"},
                             {"\xEF\xBB\xBF", "U+FEFF, a byte order mark"}};

}  // namespace

std::optional<ForeignSpace> find_foreign_space(std::string_view yaml) {
  char quote = '\0';   // the quote that is open
  char before = '\n';  // the last byte that is no blank
  bool blank = true;   // whether a blank or a line's begin stands before
  bool comment = false;
  for (size_t i = 0; i < yaml.size(); ++i) {
    const char c = yaml[i];
    if (c == '\n') {
      comment = false;
    } else if (comment) {
      continue;
    } else if (quote != '\0') {
      if (quote == '"' && c == '\\') ++i;
      if (c == quote) quote = '\0';
      continue;
    } else if (c == '#' && blank) {
      comment = true;
      continue;
    } else if ((c == '\'' || c == '"') && std::string_view("\n:,[{-").find(before) != yaml.npos) {
      quote = c;
      continue;
    }
    for (const Space& space : kSpaces)
      if (yaml.substr(i).starts_with(space.bytes)) return ForeignSpace{i, std::string(space.name)};
    blank = c == ' ' || c == '\t' || c == '\n';
    if (!blank || c == '\n') before = c;
  }
  return std::nullopt;
}

}  // namespace tessera
