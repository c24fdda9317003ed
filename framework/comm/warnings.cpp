#include "framework/comm/warnings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace tessera {
namespace {

/// Text such as "a, b, c and 7 more".
template <typename T>
std::string listed(const std::vector<T>& things) {
  constexpr size_t most = 8;
  const std::span shown(things.data(), std::min(things.size(), most));
  const std::string text = fmt::format("{}", fmt::join(shown, ", "));
  return things.size() > most ? fmt::format("{} and {} more", text, things.size() - most) : text;
}

}  // namespace

void Warnings::add(int rank, std::string text, double now) {
  auto said = std::ranges::find(said_, text, &Said::text);
  if (said == said_.end()) said = said_.insert(said, {std::move(text), now, {}});
  said->ranks.insert(rank);
}

std::string Warnings::line(const Said& said) const {
  std::vector<std::string> hosts;
  for (const int rank : said.ranks)
    if (const std::string& host = hosts_[static_cast<size_t>(rank)];
        std::ranges::find(hosts, host) == hosts.end())
      hosts.push_back(host);
  return fmt::format("rank{} {} ({}): {}", said.ranks.size() == 1 ? "" : "s",
                     listed(std::vector(said.ranks.begin(), said.ranks.end())), listed(hosts),
                     said.text);
}

std::vector<std::string> Warnings::take(double now) {
  constexpr double patience = 1;
  std::vector<std::string> lines;
  while (!said_.empty() && said_.front().first + patience <= now) {
    lines.push_back(line(said_.front()));
    said_.erase(said_.begin());
  }
  return lines;
}

}  // namespace tessera
