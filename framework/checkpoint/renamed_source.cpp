#include "framework/checkpoint/renamed_source.h"

#include "framework/core/error.h"

namespace tessera {

std::vector<std::string> RenamedSource::names() const {
  std::vector<std::string> names;
  for (const auto& [ours, theirs] : theirs_)
    if (source_.contains(theirs)) names.push_back(ours);
  return names;
}

bool RenamedSource::contains(const std::string& name) const {
  const auto found = theirs_.find(name);
  return found != theirs_.end() && source_.contains(found->second);
}

const TensorType& RenamedSource::type(const std::string& name) const {
  return source_.type(theirs(name));
}

void RenamedSource::read(const std::string& name, const Box& box, void* destination) {
  source_.read(theirs(name), box, destination);
}

const std::string& RenamedSource::theirs(const std::string& name) const {
  const auto found = theirs_.find(name);
  require(found != theirs_.end(), "{}: nothing there is called '{}'", title(), name);
  return found->second;
}

}  // namespace tessera
