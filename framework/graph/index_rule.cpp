#include "framework/graph/index_rule.h"

#include <algorithm>
#include <optional>

namespace tessera {
namespace {

class RuleParser {
 public:
  RuleParser(std::string_view text, TypeSpan in, TypeSpan out,
             const std::map<std::string, int64_t>& sizes)
      : text_(text), in_(in), out_(out), sizes_(sizes) {}

  IndexRule parse() {
    const size_t arrow = text_.find("->");
    check(arrow != std::string_view::npos, "rule '{}' has no arrow", text_);
    parse_side(text_.substr(0, arrow), in_, rule_.inputs);
    parse_side(text_.substr(arrow + 2), out_, rule_.outputs);
    solve(rule_.inputs, in_);
    solve(rule_.outputs, out_);
    solve(rule_.inputs, in_);  // again, with the sizes that the results gave
    for (size_t i = 0; i < rule_.indices.size(); ++i) {
      auto& index = rule_.indices[i];
      check(index.size > 0, "rule '{}': the size of '{}' is not known", text_, index.name);
      if (index.kind == IndexRule::Kind::split && !in_results(static_cast<int>(i)))
        index.kind = IndexRule::Kind::sum;
    }
    return std::move(rule_);
  }

 private:
  void parse_side(std::string_view side, TypeSpan types,
                  std::vector<IndexRule::Operand>& operands) {
    if (types.empty()) return;
    size_t begin = 0;
    for (size_t i = 0; i < types.size(); ++i) {
      const size_t end = side.find(',', begin);
      check((end == std::string_view::npos) == (i + 1 == types.size()),
            "rule '{}' does not have {} operands on a side", text_, types.size());
      operands.push_back(parse_operand(side.substr(begin, end - begin)));
      if (operands.back().size() != types[i].shape.size())
        internal_error("rule '{}': operand {} is not of type {}", text_, i, to_string(types[i]));
      begin = end + 1;
    }
  }

  IndexRule::Operand parse_operand(std::string_view text) {
    IndexRule::Operand operand;
    bool grouped = false;
    for (size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        ++i;
      } else if (text[i] == '(') {
        grouped = true;
        operand.emplace_back();
        ++i;
      } else if (text[i] == ')') {
        grouped = false;
        ++i;
      } else {
        const size_t end = std::min(text.find_first_of(" ()", i), text.size());
        const int index = parse_index(text.substr(i, end - i));
        if (!grouped) operand.emplace_back();
        if (index >= 0) operand.back().push_back(index);
        i = end;
      }
    }
    return operand;
  }

  /// The position of the index that `token` names; -1 for "1".
  int parse_index(std::string_view token) {
    using Kind = IndexRule::Kind;
    Kind kind = Kind::split;
    if (token.back() == '!') kind = Kind::whole;
    if (token.back() == '^') kind = Kind::max;
    if (token.back() == '~') kind = Kind::local;
    if (kind != Kind::split) token.remove_suffix(1);
    if (token == "1") return -1;
    for (size_t i = 0; i < rule_.indices.size(); ++i) {
      if (rule_.indices[i].name != token) continue;
      if (kind != Kind::split) rule_.indices[i].kind = kind;
      return static_cast<int>(i);
    }
    const auto known = sizes_.find(std::string(token));
    rule_.indices.push_back({std::string(token), known == sizes_.end() ? 0 : known->second, kind});
    return static_cast<int>(rule_.indices.size()) - 1;
  }

  /// Finds the sizes of indices from the dims; in a factored dim all indices but one must be known
  /// before.
  void solve(const std::vector<IndexRule::Operand>& operands, TypeSpan types) {
    for (int pass = 0; pass < 2; ++pass)
      for (size_t i = 0; i < operands.size(); ++i)
        for (size_t d = 0; d < operands[i].size(); ++d) {
          int64_t rest = types[i].shape[d];
          int open = -1, count = 0;
          for (int index : operands[i][d]) {
            const int64_t size = rule_.indices[static_cast<size_t>(index)].size;
            if (size == 0) {
              open = index;
              ++count;
            } else {
              check(rest % size == 0, "rule '{}': {} does not divide dim {} of operand {}", text_,
                    size, d, i);
              rest /= size;
            }
          }
          if (count == 1) rule_.indices[static_cast<size_t>(open)].size = rest;
          if (count == 0 && rest != 1)
            internal_error("rule '{}': dim {} of operand {} of type {} does not fit", text_, d, i,
                           to_string(types[i]));
        }
  }

  bool in_results(int index) const {
    for (const auto& operand : rule_.outputs)
      for (const auto& dim : operand)
        if (std::find(dim.begin(), dim.end(), index) != dim.end()) return true;
    return false;
  }

  std::string_view text_;
  TypeSpan in_, out_;
  const std::map<std::string, int64_t>& sizes_;
  IndexRule rule_;
};

std::string print(const IndexRule& rule, const std::vector<IndexRule::Operand>& operands) {
  constexpr const char* kTags[] = {"", "", "^", "!", "~"};
  std::string out;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) out += ",";
    for (const auto& dim : operands[i]) {
      out += " ";
      if (dim.empty()) out += "1";
      if (dim.size() > 1) out += "(";
      for (size_t k = 0; k < dim.size(); ++k) {
        const auto& index = rule.indices[static_cast<size_t>(dim[k])];
        out += (k ? " " : "") + index.name + kTags[static_cast<int>(index.kind)];
      }
      if (dim.size() > 1) out += ")";
    }
  }
  return out;
}

}  // namespace

IndexRule make_rule(std::string_view text, TypeSpan in, TypeSpan out,
                    const std::map<std::string, int64_t>& sizes) {
  return RuleParser(text, in, out, sizes).parse();
}

std::string to_string(const IndexRule& rule) {
  return print(rule, rule.inputs) + " ->" + print(rule, rule.outputs);
}

std::string index_names(int64_t rank, char first) {
  std::string out;
  for (int64_t i = 0; i < rank; ++i) {
    if (i > 0) out += ' ';
    out += static_cast<char>(first + i);
  }
  return out;
}

std::string broadcast_names(const Shape& shape, const Shape& to) {
  std::string out;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ' ';
    const size_t at = to.size() - shape.size() + i;
    if (shape[i] == 1 && to[at] != 1)
      out += '1';
    else
      out += static_cast<char>('a' + at);
  }
  return out;
}

}  // namespace tessera
