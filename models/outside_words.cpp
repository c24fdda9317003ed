#include "models/outside_words.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz_";

/// The message without the ways out (", or …") that name a key for which the file has no word.
std::string without_unknown_ways(const OutsideSettings& settings, std::string message) {
  constexpr std::string_view kOr = ", or ", kModel = "model.";
  for (size_t at = message.find(kOr); at != message.npos; at = message.find(kOr, at)) {
    const size_t end = std::min(message.find_first_of(";\n", at), message.size());
    bool known = true;
    for (size_t key = message.find(kModel, at); key < end; key = message.find(kModel, key + 1)) {
      const size_t behind = std::min(message.find_first_not_of(kLetters, key + kModel.size()), end);
      known = known && settings.theirs.contains(message.substr(key, behind - key));
    }
    if (known)
      at += kOr.size();
    else
      message.erase(at, end - at);
  }
  return message;
}

}  // namespace

std::string in_their_words(const OutsideSettings& settings, std::string_view in_ours) {
  constexpr std::string_view kSet = "--set ";
  const std::string message = without_unknown_ways(settings, std::string(in_ours));
  std::string out;
  for (size_t at = 0; at < message.size();) {
    const std::string_view rest = std::string_view(message).substr(at);
    const size_t key = rest.starts_with(kSet) ? kSet.size() : 0;
    const size_t dot = std::min(rest.find_first_not_of(kLetters, key), rest.size());
    const size_t end = rest.substr(dot).starts_with('.')
                           ? std::min(rest.find_first_not_of(kLetters, dot + 1), rest.size())
                           : dot;
    const auto found = settings.theirs.find(rest.substr(key, end - key));
    const bool known = found != settings.theirs.end();
    const size_t taken = std::max<size_t>(known ? end : dot, 1);
    out += known ? std::string_view(found->second) : rest.substr(0, taken);
    at += taken;
  }
  return out;
}

}  // namespace tessera
