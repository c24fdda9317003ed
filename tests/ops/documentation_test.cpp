// docs/adding-an-op.md shows real files; what it shows is what they hold.
#include "tests/shown_files.h"

namespace tessera {
namespace {

TEST(Documentation, AddingAnOpShowsTheFilesAsTheyAre) {
  EXPECT_GE(check_shown_files("docs/adding-an-op.md"), 4);
}

}  // namespace
}  // namespace tessera
