// Small text files that are read and replaced whole. A new text is written to a file beside the old
// one, synced and renamed over the old one, so a reader, or a crash, meets the old text or the new
// one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tessera {

/// The content of the file; throws a UserError that names the file and the reason when it cannot be
/// read.
std::string whole_text(const std::filesystem::path& path);

/// Replaces the content of the file, or creates the file; when that fails, throws a UserError that
/// names the file and the reason, and leaves the old file unchanged. Writers that may replace one
/// file at the same time give different names as `writer`; the last one wins.
void replace_file(const std::filesystem::path& path, std::string_view text,
                  std::string_view writer = "");

}  // namespace tessera
