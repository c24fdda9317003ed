// The command line of one verb: its positional words, its options and its help, all declared in one
// list. The class CommandLine builds on Boost.Program_options and adds rules: abbreviations are
// refused, the message about a mistyped option proposes the nearest known option, every mistake is
// a UserError, and the help text fits a screen.
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
  /// The name without its dashes, such as "set".
  std::string name;
  /// What help calls the value, such as "KEY=VALUE". It is empty for a switch, which has no value.
  std::string value;
  /// One line that says what the option does.
  std::string help;
  bool repeats = false;
};

/// A positional word of a verb, such as CONFIG in `tessera train CONFIG`.
struct Word {
  /// How many words may be given for this one: exactly one, none or one, or at least one.
  enum class Count { one, optional, many };

  std::string name;
  std::string help;
  Count count = Count::one;
};

/// The words and options that the user gave. Words are paths as users write them
/// (core/user_path.h), and so are the values of options whose value is called DIR or FILE.
class Arguments {
 public:
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  /// The value of an option or word, or `otherwise` when the user gave none.
  std::string text(std::string_view name, const std::string& otherwise = "") const;
  /// The value as a whole number, or `otherwise` when the user gave none. Throws UserError, which
  /// names the option, when the value is not a whole number or is below `least`.
  int64_t integer(std::string_view name, int64_t otherwise, int64_t least = 0) const;
  /// The value as a number, or `otherwise` when the user gave none. Throws UserError, which names
  /// the option, when the value is not a finite number.
  double real(std::string_view name, double otherwise) const;
  /// Every value of a repeated option or word.
  std::vector<std::string> list(std::string_view name) const;

 private:
  friend struct CommandLine;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct CommandLine {
  std::string verb;
  /// One sentence or two, which help breaks into lines.
  std::string summary;
  std::vector<Word> words;
  std::vector<Option> options;
  /// What follows `tessera VERB` in each example of the help text.
  std::vector<std::string> examples;

  /// Reads the words of a command line. When the words ask for help, rank 0 prints the help and
  /// every rank gets nullopt.
  std::optional<Arguments> parse(std::span<const std::string> args) const;

  /// The help text: at most 30 lines of at most 100 columns.
  std::string help() const;
};

/// The option --set, which every verb that reads a config has.
Option set_option();

}  // namespace tessera
