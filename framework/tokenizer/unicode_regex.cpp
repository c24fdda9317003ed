#include "framework/tokenizer/unicode.h"

namespace tessera::unicode_tables {

#include "framework/tokenizer/unicode/regex_class_16.inc"

}  // namespace tessera::unicode_tables
