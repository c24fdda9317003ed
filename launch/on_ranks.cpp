#include "launch/on_ranks.h"

#include <exception>
#include <optional>

#include "framework/core/error.h"
#include "launch/model_on_mesh.h"

namespace tessera {

int on_ranks(const CommandLine& line, std::span<const std::string> args,
             const std::function<int(const Arguments& given, const Ranks& ranks)>& body) {
  std::optional<Arguments> given;
  MeshConfig mesh;
  std::exception_ptr wrong;
  try {
    given = line.parse(args);
    if (!given) return 0;  // help needs no other rank
    mesh = stated_mesh(given->list("set"));
  } catch (const UserError&) {
    wrong = std::current_exception();
  }
  const Ranks ranks(mesh);
  return ranks.together([&] {
    if (wrong) std::rethrow_exception(wrong);
    return body(*given, ranks);
  });
}

}  // namespace tessera
