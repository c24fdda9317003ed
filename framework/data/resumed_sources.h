// What became of the sources of an interrupted run: which are missing, new or changed.
#pragma once

#include <string>
#include <vector>

#include "framework/data/shard_journal.h"
#include "framework/data/source_files.h"

namespace tessera {

/// How the sources that the run of `state` had begun to read differ from those that are there now,
/// such as "in/a.txt is missing, in/b.txt is new"; empty when they are the same. What comes behind
/// them makes no difference.
std::string source_differences(const JournalState& state, const std::vector<SourceFile>& now);

}  // namespace tessera
