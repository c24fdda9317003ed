#include "framework/comm/agreement.h"

#include <cstring>
#include <sstream>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace tessera {
namespace {

/// The first lines in which two texts differ: the one of `a`, then the one of `b`.
std::pair<std::string, std::string> first_difference(const std::string& a, const std::string& b) {
  std::istringstream left(a), right(b);
  std::string x, y;
  while (true) {
    const bool more_left = static_cast<bool>(std::getline(left, x)),
               more_right = static_cast<bool>(std::getline(right, y));
    if (!more_left) x = "(nothing)";
    if (!more_right) y = "(nothing)";
    if (x != y || (!more_left && !more_right)) return {x, y};
  }
}

}  // namespace

int64_t agreed_max(World* world, int64_t mine) {
  if (!world || world->size() == 1) return mine;
  world->all().run({.kind = Collective::Kind::all_reduce,
                    .dtype = DType::i64,
                    .reduction = Reduction::max,
                    .pieces = {{&mine, &mine, 1}},
                    .name = "what the ranks agree on"});
  return mine;
}

std::string broadcast_text(World& world, int root, std::string text) {
  return broadcast_text(world.all(), root, std::move(text));
}

std::string broadcast_text(Communicator& group, int root, std::string text) {
  auto size = static_cast<int64_t>(text.size());
  const auto send = [&](void* data, DType dtype, int64_t count) {
    group.run({.kind = Collective::Kind::broadcast,
               .dtype = dtype,
               .pieces = {{data, data, count}},
               .root = root,
               .name = "text"});
  };
  send(&size, DType::i64, 1);
  // The text travels as whole 64-bit words, which every transport moves.
  std::vector<int64_t> words(static_cast<size_t>((size + 7) / 8));
  if (group.rank() == root) std::memcpy(words.data(), text.data(), text.size());
  send(words.data(), DType::i64, static_cast<int64_t>(words.size()));
  return {reinterpret_cast<const char*>(words.data()), static_cast<size_t>(size)};
}

std::string first_complaint(World& world, const std::string& mine) {
  const int64_t worst = agreed_max(&world, mine.empty() ? 0 : world.size() - world.rank());
  if (worst == 0) return "";
  const auto rank = static_cast<int>(world.size() - worst);
  return fmt::format("rank {} on {}: {}", rank, world.hosts()[static_cast<size_t>(rank)],
                     broadcast_text(world, rank, mine));
}

void require_same(World& world, const std::string& what, const std::string& text,
                  const std::string& advice) {
  // The hash is not negative, so that its negation is a number too.
  const auto hash = static_cast<int64_t>(stable_hash(text) >> 1);
  if (agreed_max(&world, hash) == -agreed_max(&world, -hash)) return;
  const std::string first = broadcast_text(world, 0, text);
  // The first rank whose text differs has the largest number.
  const int64_t mine = first == text ? 0 : world.size() - world.rank();
  const int64_t worst = agreed_max(&world, mine);
  check(worst > 0, "equal texts with different hashes: {}", what);
  const auto rank = static_cast<int>(world.size() - worst);
  const std::string other = broadcast_text(world, rank, text);
  const auto [expected, found] = first_difference(first, other);
  throw SharedError(fmt::format(
      "{} differ between the ranks: rank {} on {} has\n    {}\n  where rank 0 on {} has\n    {}\n"
      "  {}",
      what, rank, world.hosts()[static_cast<size_t>(rank)], found, world.hosts()[0], expected,
      advice));
}

}  // namespace tessera
