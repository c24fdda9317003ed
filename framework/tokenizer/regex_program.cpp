#include "framework/tokenizer/regex_program.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/shortened.h"

namespace tessera {
namespace {

using Action = RegexProgram::Action;
using Step = RegexProgram::Step;
using Kind = RegexTree::Kind;
using Mode = RegexTree::Mode;

constexpr size_t kMostSteps = 4096;

class Writer {
 public:
  Writer(RegexProgram& program, const std::string& expression, const std::string& what)
      : program_(program), expression_(expression), what_(what) {}

  void write_whole(const RegexTree& tree) {
    write(tree);
    add(Action::accept);
  }

 private:
  uint32_t here() const { return static_cast<uint32_t>(program_.steps.size()); }
  Step& at(uint32_t place) { return program_.steps[place]; }

  uint32_t add(Action action, uint32_t first = 0, uint32_t second = 0) {
    require(program_.steps.size() < kMostSteps,
            "{}: the expression '{}' has more than {} steps when its repeats are written out; "
            "repeat less",
            what_, shortened(expression_), kMostSteps);
    Step step{.action = action, .inner = depth_ > 0, .first = first, .second = second};
    if (action == Action::split || action == Action::run || action == Action::lazy_run)
      step.memory = depth_ > 0 ? program_.inner_memories++ : program_.outer_memories++;
    program_.steps.push_back(step);
    return here() - 1;
  }

  void write(const RegexTree& tree) {
    switch (tree.kind) {
      case Kind::set:
        add(Action::set, static_cast<uint32_t>(tree.set));
        break;
      case Kind::sequence:
        for (const RegexTree& part : tree.parts) write(part);
        break;
      case Kind::alternatives:
        write_alternatives(tree, /*behind=*/false);
        break;
      case Kind::repeat:
        if (tree.mode != Mode::possessive || is_possessive_run(tree))
          write_repeat(tree);
        else
          write_atomic([&] { write_repeat(tree); });
        break;
      case Kind::look:
        write_group(tree.negative ? Action::look_not : Action::look, [&] { write_look(tree); });
        break;
      case Kind::atomic:
        write_atomic([&] { write(tree.parts[0]); });
        break;
      case Kind::text_begin:
        add(Action::text_begin);
        break;
      case Kind::text_end:
        add(Action::text_end);
        break;
    }
  }

  template <typename Body>
  void write_group(Action action, const Body& body) {
    const uint32_t begin = add(action);
    at(begin).first = here();
    ++depth_;
    body();
    add(Action::accept);
    --depth_;
    at(begin).second = here();
  }

  template <typename Body>
  void write_atomic(const Body& body) {
    ++atomic_depth_;
    write_group(Action::atomic, body);
    --atomic_depth_;
  }

  static bool is_possessive_run(const RegexTree& tree) {
    return tree.parts[0].kind == Kind::set && tree.most == RegexTree::kEndless;
  }

  void write_look(const RegexTree& tree) {
    const RegexTree& part = tree.parts[0];
    if (!tree.behind) return write(part);
    if (part.kind == Kind::alternatives) return write_alternatives(part, /*behind=*/true);
    write_behind(part);
  }

  void write_behind(const RegexTree& part) {
    const auto length = part.length();
    // PCRE2 has refused look-behind of variable length.
    check(length.has_value(), "look-behind of variable length in '{}'", expression_);
    add(Action::back, static_cast<uint32_t>(*length));
    program_.farthest_back += *length;
    write(part);
  }

  void write_alternatives(const RegexTree& tree, bool behind) {
    std::vector<uint32_t> ends;
    for (size_t i = 0; i < tree.parts.size(); ++i) {
      const bool last = i + 1 == tree.parts.size();
      const uint32_t split = last ? 0 : add(Action::split, here() + 1);
      behind ? write_behind(tree.parts[i]) : write(tree.parts[i]);
      if (last) break;
      ends.push_back(add(Action::jump));
      at(split).second = here();
    }
    for (const uint32_t end : ends) at(end).first = here();
  }

  void write_repeat(const RegexTree& tree) {
    const RegexTree& part = tree.parts[0];
    for (int i = 0; i < tree.least; ++i) write(part);
    if (tree.most != RegexTree::kEndless)
      write_options(tree);
    else if (part.kind == Kind::set)
      write_run(tree);
    else
      write_loop(tree);
  }

  void write_run(const RegexTree& tree) {
    const Action action = tree.mode == Mode::greedy ? Action::run
                          : tree.mode == Mode::lazy ? Action::lazy_run
                                                    : Action::possessive_run;
    const uint32_t place = add(action, static_cast<uint32_t>(tree.parts[0].set));
    if (action == Action::possessive_run) at(place).memory = program_.possessive_runs++;
  }

  /// The part over and over: split, part, jump back to the split.
  void write_loop(const RegexTree& tree) {
    const bool may_stand_still = tree.parts[0].may_be_empty();
    require(!may_stand_still || atomic_depth_ == 0,
            "{}: the expression '{}' repeats what may match nothing inside an atomic group or a "
            "possessive repeat; take it out of there",
            what_, shortened(expression_));
    const uint32_t split = add(Action::split);
    at(split).may_stand_still = may_stand_still;
    write(tree.parts[0]);
    add(Action::jump, split);
    connect(split, tree.mode);
  }

  /// The part up to `most - least` times: a split before each, all of which leave to the end.
  void write_options(const RegexTree& tree) {
    std::vector<uint32_t> splits;
    for (int i = tree.least; i < tree.most; ++i) {
      splits.push_back(add(Action::split));
      write(tree.parts[0]);
    }
    for (const uint32_t split : splits) connect(split, tree.mode);
  }

  /// A split that goes on right behind itself or, after the repeat, here.
  void connect(uint32_t split, Mode mode) {
    at(split).first = split + 1;
    at(split).second = here();
    if (mode == Mode::lazy) std::swap(at(split).first, at(split).second);
  }

  RegexProgram& program_;
  const std::string& expression_;
  const std::string& what_;
  int depth_ = 0, atomic_depth_ = 0;
};

}  // namespace

RegexProgram::RegexProgram(const RegexTree& tree, const RegexSymbols& symbols,
                           const std::string& expression, const std::string& what) {
  Writer(*this, expression, what).write_whole(tree);
  uint32_t most = 0;
  for (const Step& step : steps)
    if (step.action == Action::set || step.action == Action::run ||
        step.action == Action::lazy_run || step.action == Action::possessive_run)
      most = std::max(most, step.first + 1);
  sets.resize(most);
  for (uint32_t set = 0; set < most; ++set)
    for (const uint8_t symbol : symbols.of(set)) sets[set][symbol] = true;
}

}  // namespace tessera
