#include "tests/cuda/doubles/card.h"

#include <cuda_runtime_api.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>

namespace tessera::doubles {
namespace {

constexpr size_t kRange = size_t{1} << 40, kPage = 4096;
constexpr int kRubbish = 0xcb;

using Pieces = std::map<const std::byte*, size_t>;  // bytes by address

struct Memory {
  std::mutex mutex;
  std::byte* next = static_cast<std::byte*>(
      ::mmap(nullptr, kRange, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  Pieces card, pinned;
  size_t bytes = 0;  // of the card
  int open = 0;      // how many pieces of work are running

  void protect(int rights) {
    for (const auto& [data, size] : card)
      ::mprotect(const_cast<std::byte*>(data), (size + kPage - 1) / kPage * kPage, rights);
  }
};

Memory& memory() {
  static Memory* const made = new Memory;  // outlives whoever gives memory back at exit
  return *made;
}

bool lies_in(const Pieces& pieces, const void* data, size_t bytes) {
  const auto* at = static_cast<const std::byte*>(data);
  auto piece = pieces.upper_bound(at);
  if (piece == pieces.begin()) return false;
  piece = std::prev(piece);
  const auto offset = static_cast<size_t>(at - piece->first);
  return offset <= piece->second && bytes <= piece->second - offset;
}

}  // namespace

Settings settings() {
  Settings out{.driver = CUDART_VERSION};
  const char* const text = std::getenv("TESSERA_DOUBLES");
  std::istringstream all(text != nullptr ? text : "");
  for (std::string word; std::getline(all, word, ',');) {
    const size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const size_t value = equals == std::string::npos ? 0 : std::stoull(word.substr(equals + 1));
    if (key == "driver")
      out.driver = static_cast<int>(value);
    else if (key == "cards")
      out.cards = static_cast<int>(value);
    else if (key == "memory")
      out.memory = value;
    else if (key == "capability")
      out.capability = static_cast<int>(value);
    else
      throw std::invalid_argument("TESSERA_DOUBLES: no setting '" + key + "'");
  }
  return out;
}

void complain(const std::string& what) { std::fprintf(stderr, "doubles: %s\n", what.c_str()); }

void* take_card_memory(size_t bytes) {
  Memory& all = memory();
  const std::lock_guard lock(all.mutex);
  if (bytes > settings().memory - std::min(settings().memory, all.bytes)) return nullptr;
  std::byte* const data = all.next;
  all.next += (bytes / kPage + 2) * kPage;  // and a page between
  ::mprotect(data, bytes, PROT_READ | PROT_WRITE);
  std::memset(data, kRubbish, bytes);
  if (all.open == 0) ::mprotect(data, bytes, PROT_NONE);
  all.card.emplace(data, bytes);
  all.bytes += bytes;
  return data;
}

bool give_card_memory(void* data) {
  Memory& all = memory();
  const std::lock_guard lock(all.mutex);
  const auto piece = all.card.find(static_cast<std::byte*>(data));
  if (piece == all.card.end()) return false;
  // The address is never given out again.
  ::mmap(data, piece->second, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
         -1, 0);
  all.bytes -= piece->second;
  all.card.erase(piece);
  return true;
}

size_t card_bytes() {
  const std::lock_guard lock(memory().mutex);
  return memory().bytes;
}

void* take_pinned_memory(size_t bytes) {
  Memory& all = memory();
  const std::lock_guard lock(all.mutex);
  auto* const data =
      static_cast<std::byte*>(std::aligned_alloc(kPage, (bytes / kPage + 1) * kPage));
  std::memset(data, kRubbish, bytes);
  all.pinned.emplace(data, bytes);
  return data;
}

bool give_pinned_memory(void* data) {
  Memory& all = memory();
  const std::lock_guard lock(all.mutex);
  if (all.pinned.erase(static_cast<std::byte*>(data)) == 0) return false;
  std::free(data);
  return true;
}

bool is_on_card(const void* data, size_t bytes) {
  const std::lock_guard lock(memory().mutex);
  return lies_in(memory().card, data, bytes);
}

bool is_pinned(const void* data, size_t bytes) {
  const std::lock_guard lock(memory().mutex);
  return lies_in(memory().pinned, data, bytes);
}

void on_card(const std::function<void()>& work) {
  struct Opened {
    Opened() {
      const std::lock_guard lock(memory().mutex);
      if (memory().open++ == 0) memory().protect(PROT_READ | PROT_WRITE);
    }
    ~Opened() {
      const std::lock_guard lock(memory().mutex);
      if (--memory().open == 0) memory().protect(PROT_NONE);
    }
  } const opened;
  work();
}

}  // namespace tessera::doubles
