// RegexWalk finds the matches of a RegexProgram in a text, in time that grows with the text times the
// steps of the program, whatever the two are. It goes back as PCRE2 does and gives the same matches,
// but remembers which steps failed at which places, so that none is tried twice: a step that fails at
// a place does so on every way that leads to it, since no step depends on what was matched before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/tokenizer/regex_memory.h"
#include "framework/tokenizer/regex_program.h"

namespace tessera {

class RegexWalk {
 public:
  /// All outlive this; `expression` is what errors show.
  RegexWalk(const RegexProgram& program, std::string_view symbols, std::string_view expression);

  /// The first match that begins in [from, last]; `from` never goes back from one search to the next.
  /// Throws UserError when much memory is needed: some tens of bytes for each symbol that is looked at
  /// beyond `from`.
  std::optional<std::pair<size_t, size_t>> search(size_t from, size_t last);

 private:
  using Step = RegexProgram::Step;
  static constexpr size_t kNone = SIZE_MAX;
  struct Choice {  // a step that may go on in another way
    uint32_t step;
    uint32_t place;  // where the step began
    uint32_t now;    // of a run: where it ends; of a split: 1 on the second way
  };
  struct Run {
    size_t begin = kNone, end = kNone;
  };

  size_t match(uint32_t number, size_t place);
  bool enter(size_t base, uint32_t& number, size_t& place, size_t& end);
  bool enter_split(size_t base, uint32_t& number, size_t place, size_t& end);
  bool enter_run(size_t base, uint32_t& number, size_t& place, size_t& end);
  bool go_back(size_t base, uint32_t& number, size_t& place, size_t& end);
  bool go_back(Choice& choice, uint32_t& number, size_t& place, uint32_t& found);
  void succeed(size_t base, size_t end);

  bool takes(const Step& step, size_t place) const {
    return place < symbols_.size() &&
           program_.sets[step.first][static_cast<unsigned char>(symbols_[place])];
  }
  size_t end_of_possessive(const Step& step, size_t place);
  bool is_under_way(size_t base, uint32_t number, size_t place) const;
  uint32_t known(const Step& step, size_t place);
  void set_failed(const Step& step, size_t place);

  const RegexProgram& program_;
  std::string_view symbols_, expression_;
  RegexMemory memory_;
  std::vector<Choice> choices_;
  std::vector<Run> possessive_;  // the last run of each step
};

}  // namespace tessera
