// The folder runs/quickstart, which every quickstart makes anew. Only one quickstart runs at a
// time, and only what a quickstart made is removed. Files that are not in their place yet lie in
// runs/.quickstart.
#pragma once

#include <filesystem>

#include "framework/core/descriptor.h"

namespace tessera {

class QuickstartFolder {
 public:
  static constexpr const char* kPath = "runs/quickstart";

  /// Locks the folder for the life of this object. Throws UserError when another quickstart or a
  /// run has the lock, when the folder holds anything that no quickstart made or is not a folder,
  /// or when `text`, the text to learn from, lies in the folder or in runs/.quickstart.
  explicit QuickstartFolder(const std::filesystem::path& text);
  QuickstartFolder(const QuickstartFolder&) = delete;
  QuickstartFolder& operator=(const QuickstartFolder&) = delete;
  /// Removes the files that were not put in place.
  ~QuickstartFolder();

  /// The folder to put the first files into; replace() moves it to runs/quickstart.
  std::filesystem::path fresh() const;
  /// Removes the earlier run and puts fresh() in its place. Throws UserError for the reasons of the
  /// constructor, and when a folder cannot be moved; the earlier run is then unchanged.
  void replace();

 private:
  Descriptor lock_;
};

}  // namespace tessera
