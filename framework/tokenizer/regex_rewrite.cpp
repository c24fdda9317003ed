#include "framework/tokenizer/regex_rewrite.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "framework/tokenizer/regex_class.h"
#include "framework/tokenizer/regex_properties.h"
#include "framework/tokenizer/regex_reader.h"

namespace tessera {
namespace {

constexpr int kDeepest = 100;
constexpr size_t kLongest = 1 << 16;  // bytes of an expression
constexpr int kMostRepeats = 65535;   // PCRE2's bound

/// What (?i) and its like switch on.
struct Options {
  bool ignore_case = false;
  bool dot_all = false;
  bool multi_line = false;
};

class Rewriter {
 public:
  Rewriter(std::string_view expression, RegexDialect dialect, const std::string& what)
      : reader_(expression, dialect, what) {}

  RewrittenRegex rewrite() {
    rewrite_alternatives(Options{}, 0);
    if (!reader_.done()) reader_.wrong("')' without '('");
    return std::move(made_);
  }

 private:
  void write(std::string_view text) {
    if (made_.parts.empty() || made_.parts.back().set >= 0) made_.parts.emplace_back();
    made_.parts.back().text += text;
  }
  void write(const CharacterSet& set) {
    auto& sets = made_.sets;
    const auto found = std::find(sets.begin(), sets.end(), set);
    const auto number = static_cast<int>(found - sets.begin());
    if (found == sets.end()) sets.push_back(set);
    write("");
    made_.parts.back().set = number;
  }

  void rewrite_alternatives(Options options, int depth) {
    if (depth > kDeepest) reader_.refuse("nesting this deep");
    last_letter_ = 0;
    while (!reader_.done() && !reader_.sees(")")) {
      if (reader_.take("|")) {
        write("|");
        last_letter_ = 0;
        continue;
      }
      rewrite_item(options, depth);
    }
  }

  /// One atom with what repeats it.
  void rewrite_item(Options& options, int depth) {
    if (rewrite_nothing(options, depth)) return;
    const size_t begin = made_.parts.size();
    const size_t offset = begin == 0 ? 0 : made_.parts.back().text.size();
    const bool open = begin > 0 && made_.parts.back().set < 0;
    rewrite_atom(options, depth);
    // A quantifier of another one repeats the whole: what was written becomes a group.
    bool repeated = false;
    while (const auto quantifier = read_quantifier()) {
      if (repeated) {
        if (open)
          made_.parts[begin - 1].text.insert(offset, "(?:");
        else
          made_.parts[begin].text.insert(0, "(?:");
        write(")");
      }
      write(*quantifier);
      repeated = true;
      last_letter_ = 0;
    }
  }

  /// Comments, and options for the rest of the group.
  bool rewrite_nothing(Options& options, int depth) {
    if (reader_.take("(?#")) {
      reader_.take_until(")");
      return true;
    }
    const size_t place = reader_.place();
    if (!reader_.take("(?")) return false;
    Options changed = options;
    if (!read_options(changed) || !reader_.take(")")) {
      reader_.go_back(place);
      return false;
    }
    if (!reader_.oniguruma()) {
      options = changed;
      return true;
    }
    // For Oniguruma the rest of the group, alternatives included, is a group of its own.
    write("(?:");
    rewrite_alternatives(changed, depth + 1);
    write(")");
    return true;
  }

  /// Letters of options; false where something else stands.
  bool read_options(Options& options) {
    bool on = true;
    bool any = false;
    for (;; any = true) {
      if (reader_.take("-")) {
        on = false;
      } else if (reader_.take("i")) {
        options.ignore_case = on;
      } else if (reader_.sees("x")) {
        reader_.refuse("the option (?x)");
      } else if (reader_.take("m")) {
        (reader_.oniguruma() ? options.dot_all : options.multi_line) = on;
      } else if (!reader_.oniguruma() && reader_.take("s")) {
        options.dot_all = on;
      } else {
        return any;
      }
    }
  }

  void rewrite_atom(const Options& options, int depth) {
    if (reader_.take("(")) return rewrite_group(options, depth);
    if (reader_.take("[")) {
      last_letter_ = 0;
      return write(read_class(reader_, options.ignore_case));
    }
    if (reader_.take("\\")) return rewrite_escape(options);
    if (reader_.take(".")) {
      last_letter_ = 0;
      return write(options.dot_all ? CharacterSet::all() : newline().complement());
    }
    if (reader_.take("^")) return rewrite_line_begin(options);
    if (reader_.take("$")) return rewrite_line_end(options);
    if (reader_.sees("*") || reader_.sees("+") || reader_.sees("?"))
      reader_.wrong("there is nothing to repeat");
    if (!reader_.oniguruma() && reader_.sees("{")) reader_.wrong("'{' must be written \\{");
    write_character(reader_.take(), options);
  }

  void write_character(char32_t point, const Options& options) {
    if (options.ignore_case) refuse_folded_pair(point);
    write(character_set(reader_, point, options.ignore_case));
  }

  /// Where case is ignored, Oniguruma lets 'ss' match the one character U+00DF, and so on (the full
  /// foldings of Unicode's CaseFolding.txt that begin with two ASCII letters).
  void refuse_folded_pair(char32_t point) {
    const char32_t letter = point < 0x80 ? point | 0x20 : point;
    const bool pair = (last_letter_ == 's' && (letter == 's' || letter == 't')) ||
                      (last_letter_ == 'f' && (letter == 'f' || letter == 'i' || letter == 'l'));
    if (reader_.oniguruma() && pair)
      reader_.refuse("a ligature's letters (ss, st, ff, fi, fl) where case is ignored");
    last_letter_ = letter;
  }

  static CharacterSet newline() { return CharacterSet('\n', '\n'); }

  void write_look(std::string_view opening, const CharacterSet& set) {
    write(opening);
    write(set);
    write(")");
  }

  void rewrite_line_begin(const Options& options) {
    last_letter_ = 0;
    if (!reader_.oniguruma() && !options.multi_line) return write("\\A");
    write("(?:\\A|");
    write_look("(?<=", newline());
    // Oniguruma knows no line after the last newline.
    write(reader_.oniguruma() ? "(?!\\z))" : ")");
  }

  void rewrite_line_end(const Options& options) {
    last_letter_ = 0;
    if (!reader_.oniguruma() && !options.multi_line) return write("\\z");
    write("(?:");
    write_look("(?=", newline());
    write("|\\z)");
  }

  void rewrite_escape(const Options& options) {
    if (auto set = read_set_escape(reader_, false)) {
      last_letter_ = 0;
      // Oniguruma folds a set inside brackets alone.
      if (options.ignore_case && !reader_.oniguruma()) set = fold_case(reader_, *set);
      return write(*set);
    }
    const size_t place = reader_.place();
    const char32_t point = reader_.take();
    switch (point) {
      case 'A':
        return write("\\A");
      case 'z':
        return write("\\z");
      case 'Z':
        write("(?=(?:");
        write(newline());
        return write(")?\\z)");
      case 'b':
      case 'B':
        return rewrite_word_border(point == 'B');
      case 'R':
        return rewrite_newlines();
      case 'N':
        if (!reader_.oniguruma()) reader_.refuse("\\N");
        return write(newline().complement());
      case 'O':
        if (!reader_.oniguruma()) reader_.refuse("\\O");
        return write(CharacterSet::all());
      default:
        reader_.go_back(place);
        return write_character(read_character_escape(reader_), options);
    }
  }

  void rewrite_word_border(bool negated) {
    const CharacterSet& word = word_set(reader_.dialect());
    write("(?:");
    write_look("(?<=", word);
    write_look(negated ? "(?=" : "(?!", word);
    write("|");
    write_look("(?<!", word);
    write_look(negated ? "(?!" : "(?=", word);
    write(")");
  }

  /// \R: a line's end of any kind.
  void rewrite_newlines() {
    write("(?>");
    write(CharacterSet('\r', '\r'));
    write(newline());
    write("|");
    write(CharacterSet({{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}));
    write(")");
  }

  void rewrite_group(const Options& options, int depth) {
    Options inner = options;
    if (reader_.sees("*")) reader_.refuse("'(*'");
    if (reader_.take("?")) {
      rewrite_group_opening(inner);
    } else {
      write("(?:");
    }
    rewrite_alternatives(inner, depth + 1);
    if (!reader_.take(")")) reader_.wrong("')' is missing");
    write(")");
    last_letter_ = 0;
  }

  void rewrite_group_opening(Options& options) {
    for (const std::string_view opening : {":", "=", "!", ">", "<=", "<!"})
      if (reader_.take(opening)) return write("(?" + std::string(opening));
    // A name is of use to references alone, which are refused.
    if (reader_.take("<") || (!reader_.oniguruma() && reader_.take("P<"))) {
      reader_.take_until(">");
      return write("(?:");
    }
    if (reader_.oniguruma() && reader_.take("'")) {
      reader_.take_until("'");
      return write("(?:");
    }
    if (read_options(options) && reader_.take(":")) return write("(?:");
    reader_.refuse("the group (?" + (reader_.done() ? "" : to_utf8(reader_.take())));
  }

  /// A number of at most six digits, or -1.
  int read_number() {
    int value = -1;
    for (int i = 0;
         i < 6 && !reader_.done() && reader_.rest()[0] >= '0' && reader_.rest()[0] <= '9'; ++i)
      value = std::max(value, 0) * 10 + static_cast<int>(reader_.take() - '0');
    return value;
  }

  std::optional<std::string> read_quantifier() {
    for (const std::string_view sign : {"?", "*", "+"})
      if (reader_.take(sign)) {
        std::string quantifier(sign);
        for (const std::string_view kind : {"?", "+"})
          if (reader_.take(kind)) return quantifier + std::string(kind);
        return quantifier;
      }
    return read_interval();
  }

  /// {n}, {n,}, {n,m} and Oniguruma's {,m}.
  std::optional<std::string> read_interval() {
    const size_t place = reader_.place();
    if (!reader_.take("{")) return std::nullopt;
    int least = read_number();
    const bool open_below = least < 0;
    const bool comma = reader_.take(",");
    int most = comma ? read_number() : least;
    const bool open_above = comma && most < 0;
    if ((open_below && (!comma || open_above || !reader_.oniguruma())) || !reader_.take("}")) {
      reader_.go_back(place);
      return std::nullopt;
    }
    least = std::max(least, 0);
    bool possessive = false;
    if (!open_above && least > most) {
      if (!reader_.oniguruma()) reader_.wrong("an interval goes backwards");
      reader_.refuse("an interval that goes backwards");
    }
    if (least > kMostRepeats || most > kMostRepeats)
      reader_.refuse(fmt::format("more than {} repeats", kMostRepeats));
    std::string quantifier = open_above ? fmt::format("{{{},}}", least)
                             : comma    ? fmt::format("{{{},{}}}", least, most)
                                        : fmt::format("{{{}}}", least);
    // For Oniguruma {n}? is an optional {n}, and a + repeats the interval.
    const bool lazy = (!reader_.oniguruma() || comma) && reader_.take("?");
    if (!lazy && !reader_.oniguruma()) possessive = reader_.take("+");
    if (lazy) quantifier += "?";
    if (possessive) quantifier += "+";
    return quantifier;
  }

  RegexReader reader_;
  RewrittenRegex made_;
  char32_t last_letter_ = 0;  // the letter before, where case is ignored
};

}  // namespace

RewrittenRegex rewrite_regex(std::string_view expression, RegexDialect dialect,
                             const std::string& what) {
  require(expression.size() <= kLongest, "{}: the expression is longer than {} bytes", what,
          kLongest);
  return Rewriter(expression, dialect, what).rewrite();
}

}  // namespace tessera
