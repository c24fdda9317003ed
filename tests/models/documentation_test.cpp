// docs/adding-a-model.md shows real files; what it shows is what they hold.
#include "tests/shown_files.h"

namespace tessera {
namespace {

TEST(Documentation, AddingAModelShowsTheFilesAsTheyAre) {
  EXPECT_GE(check_shown_files("docs/adding-a-model.md"), 6);
}

}  // namespace
}  // namespace tessera
