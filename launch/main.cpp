#include <string>
#include <vector>

#include "launch/verbs.h"

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return tessera::run_program(args);
}
