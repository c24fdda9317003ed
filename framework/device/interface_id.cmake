# Writes OUTPUT, a source file that holds the hash of what program and plug-ins share: the headers of the rooms core and
# device under SOURCE, and SETTINGS (version, compiler, flags). Left as it is when it says so already.
file(GLOB headers ${SOURCE}/framework/core/*.h ${SOURCE}/framework/core/*.def ${SOURCE}/framework/device/*.h)
list(SORT headers)
set(all "${SETTINGS}")
foreach(header ${headers})
  file(SHA256 ${header} hash)
  string(APPEND all " ${hash}")
endforeach()
string(SHA256 id "${all}")
string(SUBSTRING ${id} 0 12 id)
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#include "framework/device/interface_id.h"
const char* tessera::interface_id() { return "@VERSION@-@id@"; }
]] @ONLY)
