// The temporary folder of sorted runs of words. It is made when the first run is written and removed
// with all that it holds, after Ctrl-C, too.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "framework/core/interruption.h"
#include "framework/tokenizer/word_table.h"

namespace tessera {

class WordRunFolder {
 public:
  /// Makes its folder inside `parent`; where that is empty, inside the system's temporary folder.
  explicit WordRunFolder(std::filesystem::path parent) : parent_(std::move(parent)) {}
  WordRunFolder(const WordRunFolder&) = delete;
  WordRunFolder& operator=(const WordRunFolder&) = delete;
  ~WordRunFolder();

  /// Writes the table's words as a run and empties the table; many threads may do so at a time.
  void spill(WordTable& table);
  size_t runs() const { return runs_.size(); }
  /// Calls `visit` for the words of all runs in the order of their bytes; a word of several runs comes
  /// as often, its visits one after another.
  void merge(const std::function<void(const WordCount&)>& visit);

 private:
  std::filesystem::path new_run();
  void remove() const;
  void merge_files(const std::vector<std::filesystem::path>& files,
                   const std::function<void(const WordCount&)>& visit) const;

  std::filesystem::path parent_, folder_;
  std::mutex mutex_;
  std::vector<std::filesystem::path> runs_;
  size_t named_ = 0;
  std::optional<IfInterrupted> interrupted_;
};

}  // namespace tessera
