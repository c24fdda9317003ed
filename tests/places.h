// Where the repository and the program under test lie.
#pragma once

#include <string>

std::string source_dir();    // the root of the repository
std::string program_path();  // the `tessera` that was built
