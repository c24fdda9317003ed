// Checks of the sources before they are read: that all can be read, and that there are records where
// the user said where the text of a record stands.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/data/document_reader.h"
#include "framework/data/source_files.h"

namespace tessera {

/// Throws UserError, which names the sources of `unreadable` ("PATH: reason"), unless there are none
/// or the options leave such out.
void require_readable(const std::vector<std::string>& unreadable, const ReadingOptions& options);

/// Throws UserError when a key was given and no source holds JSON lines, or columns and none holds
/// CSV or TSV.
void require_records(const std::vector<SourceFile>& sources, const ReadingOptions& options);

/// Throws UserError when the file is compressed and damaged: text made of damaged data can look like
/// a broken record. Of very long files only the first GiB are read.
void require_undamaged(const std::filesystem::path& path);

}  // namespace tessera
