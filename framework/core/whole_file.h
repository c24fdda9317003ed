// Small text files that are read and replaced whole. A new text is written beside, synced and renamed over: a reader, or a
// crash, meets the old text or the new one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tessera {

/// UserError naming the file and the reason when it cannot be read.
std::string whole_text(const std::filesystem::path& path);

/// UserError naming the file and the reason when it cannot be written; the old one is then as it was.
void replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace tessera
