// The options that say how documents are found in files, for all verbs that read text.
#pragma once

#include "framework/data/document_reader.h"
#include "launch/command_line.h"

namespace tessera {

extern const Option kFormatOption, kTextOption, kColumnOption, kSkipBrokenOption,
    kSkipUnreadableOption;

/// Reads those options. Throws UserError for a format that is not known, or no column.
ReadingOptions reading_options(const Arguments& given);

}  // namespace tessera
