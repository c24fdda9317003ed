#include "framework/tokenizer/word_run_folder.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

#include "framework/core/error.h"
#include "framework/tokenizer/word_run.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostOpen = 64;  // files that are merged at a time

}  // namespace

WordRunFolder::~WordRunFolder() {
  interrupted_.reset();
  remove();
}

void WordRunFolder::remove() const {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

void WordRunFolder::spill(WordTable& table) {
  const fs::path path = new_run();
  WordRunWriter run(path);
  for (const WordCount& word : table.sorted()) run.add(word);
  run.finish();
  table.clear();
  const std::lock_guard lock(mutex_);
  runs_.push_back(path);
}

void WordRunFolder::merge(const std::function<void(const WordCount&)>& visit) {
  while (runs_.size() > kMostOpen) {
    const std::vector<fs::path> first(runs_.begin(), runs_.begin() + kMostOpen);
    const fs::path path = new_run();
    WordRunWriter run(path);
    merge_files(first, [&](const WordCount& word) { run.add(word); });
    run.finish();
    for (const fs::path& file : first) fs::remove(file);
    runs_.erase(runs_.begin(), runs_.begin() + kMostOpen);
    runs_.push_back(path);
  }
  merge_files(runs_, visit);
}

fs::path WordRunFolder::new_run() {
  const std::lock_guard lock(mutex_);
  if (folder_.empty()) {
    std::error_code error;
    const fs::path parent = parent_.empty() ? fs::temp_directory_path(error) : parent_;
    std::string name = (parent / "tessera-words-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr,
            "{}: cannot make a folder for words that do not fit into memory: {}; name another "
            "temporary folder, or allow more memory",
            parent.string(), std::strerror(errno));
    folder_ = name;
    interrupted_.emplace([this] { remove(); });
  }
  return folder_ / std::to_string(named_++);
}

void WordRunFolder::merge_files(const std::vector<fs::path>& files,
                                const std::function<void(const WordCount&)>& visit) const {
  struct Open {
    std::unique_ptr<WordRunReader> reader;
    WordCount word;
  };
  std::vector<Open> open;
  for (const fs::path& file : files) {
    Open run{.reader = std::make_unique<WordRunReader>(file), .word = {}};
    if (run.reader->next(run.word)) open.push_back(std::move(run));
  }
  const auto later = [](const Open& a, const Open& b) { return a.word.word > b.word.word; };
  std::ranges::make_heap(open, later);
  while (!open.empty()) {
    std::ranges::pop_heap(open, later);
    Open& first = open.back();
    visit(first.word);
    if (first.reader->next(first.word)) {
      std::ranges::push_heap(open, later);
    } else {
      open.pop_back();
    }
  }
}

}  // namespace tessera
