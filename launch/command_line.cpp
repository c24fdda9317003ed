#include "launch/command_line.h"

#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "framework/core/user_path.h"
#include "launch/started.h"

namespace tessera {
namespace {

namespace po = boost::program_options;

constexpr size_t kColumns = 100;

/// Breaks `text` at spaces so that every line ends before kColumns. All lines but the first begin
/// with `indent` spaces.
std::string wrapped(const std::string& text, size_t indent) {
  std::string out;
  size_t column = indent, at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > kColumns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out;
}

std::string usage(const CommandLine& line) {
  std::string text = "tessera " + line.verb;
  for (const Word& word : line.words)
    text += word.count == Word::Count::one        ? " " + word.name
            : word.count == Word::Count::optional ? " [" + word.name + "]"
                                                  : " " + word.name + "…";
  return text + (line.options.empty() ? "" : " [OPTIONS]");
}

std::string shown(const Option& option) {
  return "--" + option.name + (option.value.empty() ? "" : " " + option.value);
}

template <typename T>
T number(std::string_view name, const std::string& text, std::string_view wanted) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require(error == std::errc() && end == text.data() + text.size(), "--{}: '{}' is not {}", name,
          text, wanted);
  return value;
}

/// Turns an error of Boost.Program_options about `line` into a UserError that says what to do.
[[noreturn]] void explain(const CommandLine& line, const po::error& problem) {
  const std::string see = "; see `tessera help " + line.verb + "`";
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&problem)) {
    const std::string name = unknown->get_option_name();
    std::vector<std::string> known{"help"};
    for (const Option& option : line.options) known.push_back(option.name);
    const size_t dashes = std::min(name.find_first_not_of('-'), name.size());
    const auto meant = nearest(name.substr(dashes), known);
    user_error("{}: unknown option '{}'{}{}", line.verb, name,
               meant ? "; did you mean --" + *meant + "?" : "", see);
  }
  user_error("{}: {}{}", line.verb, problem.what(), see);
}

/// Replaces each value by what user_path() makes of it. The errors begin with `where`.
void as_paths(std::vector<std::string>& values, const std::string& where) {
  for (std::string& value : values) try {
      value = user_path(value);
    } catch (const UserError& error) {
      user_error("{}: {}", where, error.what());
    }
}

}  // namespace

std::string Arguments::text(std::string_view name, const std::string& otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second.back();
}

int64_t Arguments::integer(std::string_view name, int64_t otherwise, int64_t least) const {
  if (!has(name)) return otherwise;
  const auto value = number<int64_t>(name, text(name), "a whole number");
  require(value >= least, "--{}: {} is too small; it must be {} at least", name, value, least);
  return value;
}

double Arguments::real(std::string_view name, double otherwise) const {
  if (!has(name)) return otherwise;
  const auto value = number<double>(name, text(name), "a number");
  require(std::isfinite(value), "--{}: '{}' is not a finite number", name, text(name));
  return value;
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::optional<Arguments> CommandLine::parse(std::span<const std::string> args) const {
  po::options_description known;
  auto add = known.add_options();
  add("help,h", "");
  for (const Option& option : options) {
    if (option.value.empty())
      add(option.name.c_str(), "");
    else  // collected in a list, so that this class reports an option given twice
      add(option.name.c_str(), po::value<std::vector<std::string>>()->composing(), "");
  }
  add(" words", po::value<std::vector<std::string>>(), "");  // a name that no one can type
  po::positional_options_description positions;
  positions.add(" words", -1);

  // Boost.Program_options would take the empty name for a prefix of any name.
  for (const std::string& arg : args)
    require(!arg.starts_with("--="), "{}: '{}' names no option; see `tessera help {}`", verb, arg,
            verb);
  po::variables_map given;
  try {
    namespace style = po::command_line_style;
    const int strict = style::allow_long | style::long_allow_next | style::long_allow_adjacent |
                       style::allow_short | style::allow_dash_for_short | style::short_allow_next;
    po::store(po::command_line_parser(std::vector<std::string>(args.begin(), args.end()))
                  .options(known)
                  .positional(positions)
                  .style(strict)
                  .run(),
              given);
  } catch (const po::error& problem) {
    explain(*this, problem);
  }
  if (given.count("help")) {
    if (how_started().leads()) std::fputs(help().c_str(), stdout);
    return std::nullopt;
  }

  Arguments result;
  for (const Option& option : options) {
    if (!given.count(option.name)) continue;
    auto& values = result.values_[option.name];
    if (option.value.empty()) continue;
    values = given[option.name].as<std::vector<std::string>>();
    require(option.repeats || values.size() == 1, "{}: --{} is given {} times; once is enough",
            verb, option.name, values.size());
    if (option.value == "DIR" || option.value == "FILE")
      as_paths(values, verb + ": --" + option.name);
  }
  std::vector<std::string> rest;
  if (given.count(" words")) rest = given[" words"].as<std::vector<std::string>>();
  size_t next = 0;
  for (const Word& word : words) {
    const size_t left = rest.size() - next;
    require(left > 0 || word.count == Word::Count::optional,
            "{}: {} is missing; usage: {} (see `tessera help {}`)", verb, word.name, usage(*this),
            verb);
    const size_t taken = word.count == Word::Count::many ? left : std::min<size_t>(left, 1);
    if (taken == 0) continue;
    const auto first = rest.begin() + static_cast<ptrdiff_t>(next);
    auto& values = result.values_[word.name];
    values.assign(first, first + static_cast<ptrdiff_t>(taken));
    as_paths(values, verb);
    next += taken;
  }
  require(next == rest.size(), "{}: '{}' is one word too many; usage: {} (see `tessera help {}`)",
          verb, next < rest.size() ? rest[next] : "", usage(*this), verb);
  return result;
}

std::string CommandLine::help() const {
  std::string text = usage(*this) + "\n\n" + wrapped(summary, 0) + "\n\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Word& word : words) rows.emplace_back(word.name, word.help);
  for (const Option& option : options) rows.emplace_back(shown(option), option.help);
  rows.emplace_back("-h, --help", "print this text");
  size_t width = 0;
  for (const auto& [name, meaning] : rows) width = std::max(width, name.size());
  for (const auto& [name, meaning] : rows)
    text += "  " + name + std::string(width - name.size() + 2, ' ') + wrapped(meaning, width + 4) +
            "\n";
  for (const std::string& example : examples)
    text += (&example == &examples.front() ? "\nexample: tessera " : "         tessera ") + verb +
            " " + example + "\n";
  return text;
}

Option set_option() {
  return {"set", "KEY=VALUE", "override one key of the config; may be repeated", true};
}

}  // namespace tessera
