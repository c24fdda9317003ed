// Small text files that are replaced whole: written beside, synced, renamed over. A reader, or a crash, meets the old
// text or the new one.
#pragma once

#include <filesystem>
#include <string_view>

namespace tessera {

/// UserError naming the file and the reason when it cannot be written; the old one is then as it was.
void replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace tessera
