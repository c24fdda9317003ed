#include "framework/record/shared_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <random>
#include <system_error>
#include <thread>

#include "framework/comm/agreement.h"
#include "framework/core/error.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& file, const std::string& word) {
  std::ifstream in(file);
  return std::string(std::istreambuf_iterator<char>(in), {}) == word;
}

/// Listing a folder has network file systems ask the server for what is new in it.
void list(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
  }
}

}  // namespace

void require_shared(World& world, const fs::path& folder, const std::string& key,
                    std::chrono::milliseconds patience) {
  const fs::path probe = folder / ".shared";
  const bool leads = world.rank() == 0;
  std::string word;
  if (leads) {
    std::random_device random;
    word = fmt::format("{} {:08x}{:08x}", ::getpid(), random(), random());
    replace_file(probe, word);
  }
  word = broadcast_text(world, 0, word);
  const auto until = std::chrono::steady_clock::now() + patience;
  bool found = holds(probe, word);
  while (!found && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    list(folder);
    found = holds(probe, word);
  }
  std::error_code missing;
  const fs::path place = fs::absolute(folder, missing);
  const std::string complaint = first_complaint(
      world, found ? ""
                   : fmt::format("{} {}", place.string(),
                                 fs::exists(folder, missing) ? "is another folder there"
                                                             : "does not exist there"));
  if (leads) fs::remove(probe, missing);
  if (!complaint.empty())
    throw SharedError(fmt::format(
        "{} is not one folder for all ranks: what rank 0 on {} writes there is not seen by {}. All "
        "ranks write the checkpoints together: put {} on a file system that all hosts share",
        key, world.hosts()[0], complaint, key));
}

}  // namespace tessera
