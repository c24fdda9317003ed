// The command line of one verb: positional words, options, help, all declared in one list. Stands on
// Boost.Program_options, with the house's manners added: strict (no abbreviations), a mistyped option is answered with the
// one that was meant, every mistake is a UserError, and the help text fits a screen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// One option of a verb.
struct Option {
  std::string name;   // "set"
  std::string value;  // what its value is called in help, "KEY=VALUE"; empty for a switch
  std::string help;   // one line
  bool repeats = false;
};

/// A positional word: `tessera train CONFIG`.
struct Word {
  enum class Count { one, optional, many };  // many: one at least

  std::string name;
  std::string help;
  Count count = Count::one;
};

/// What was given.
class Arguments {
 public:
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  /// The value of an option or word; `otherwise` when it was not given.
  std::string text(std::string_view name, const std::string& otherwise = "") const;
  /// A whole number of at least `least`; UserError naming the option when it is not one.
  int64_t integer(std::string_view name, int64_t otherwise, int64_t least = 0) const;
  /// A finite number; UserError naming the option when it is not one.
  double real(std::string_view name, double otherwise) const;
  /// Every value of a repeated option or word.
  std::vector<std::string> list(std::string_view name) const;

 private:
  friend struct CommandLine;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct CommandLine {
  std::string verb;
  std::string summary;  // a sentence or two; wrapped in help
  std::vector<Word> words;
  std::vector<Option> options;
  std::vector<std::string> examples;  // without "tessera VERB "

  /// The arguments, or nothing after help was asked for and printed.
  std::optional<Arguments> parse(std::span<const std::string> args) const;

  /// At most 24 lines of at most 100 columns.
  std::string help() const;
};

/// The option every verb has that reads a config.
Option set_option();

}  // namespace tessera
