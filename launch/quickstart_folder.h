// runs/quickstart, which every quickstart makes anew: one quickstart at a time, and nothing is removed that was not made by
// one. What is not in its place yet lies in runs/.quickstart.
#pragma once

#include <filesystem>

#include "framework/core/descriptor.h"

namespace tessera {

class QuickstartFolder {
 public:
  static constexpr const char* kPath = "runs/quickstart";

  /// Holds the folder as long as this lives. UserError when another quickstart or a run holds it, when it is or holds
  /// anything that no quickstart made, or when `text`, the text to learn from, lies in it.
  explicit QuickstartFolder(const std::filesystem::path& text);
  QuickstartFolder(const QuickstartFolder&) = delete;
  QuickstartFolder& operator=(const QuickstartFolder&) = delete;
  /// Removes what was not put in place.
  ~QuickstartFolder();

  /// Where to put what the folder begins with.
  std::filesystem::path fresh() const;
  /// Removes the run before and puts fresh() in its place. UserError as above; the run before is then as it was.
  void replace();

 private:
  Descriptor lock_;
};

}  // namespace tessera
