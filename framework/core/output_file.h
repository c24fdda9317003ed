// A file that a command makes. It appears under its name when it is whole, and never before: until
// commit() it lies beside, under another name. What becomes of it when an error or a signal comes
// first depends on the file:
//
// - `removed`: part of it is of no use. It lies as `.NAME.partial`, and is removed.
// - `kept`: each line of it is of use, and took time to make. It lies as `NAME.partial`, and stays
//   there if it holds anything.
//
// A file that exists is refused unless it may be replaced, and so is a `NAME.partial`. One process
// of a machine writes a file at a time.
#pragma once

#include <filesystem>
#include <string_view>

#include "framework/core/held_name.h"
#include "framework/core/interruption.h"

namespace tessera {

enum class Overwrite { no, yes };

class OutputFile {
 public:
  enum class Unfinished { removed, kept };

  /// Makes nothing yet. A link stands for the file that it names. The message of a UserError begins
  /// with `verb`.
  OutputFile(std::string_view verb, const std::filesystem::path& file, Overwrite overwrite,
             Unfinished unfinished = Unfinished::removed);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// The file to make and write until commit(); nothing lies there before.
  const std::filesystem::path& partial() const { return partial_; }
  /// Gives the file its name. The file must have been synced. Where it cannot be renamed, it stays
  /// under the other name, which the UserError says.
  void commit();

 private:
  void give_up() const;

  std::filesystem::path file_, partial_;
  Overwrite overwrite_;
  Unfinished unfinished_;
  bool settled_ = false;
  HeldName held_;
  IfInterrupted interrupted_;
};

}  // namespace tessera
