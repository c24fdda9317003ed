// The interface between the program and its plug-ins as a hash of the headers that both are built
// from, the compiler and its settings. Program and plug-in share C++ types, so they may only meet
// when their hashes are equal.
#pragma once

namespace tessera {

/// "0.1.0-3f2a91c05b7e": the version and the hash. It stands in an object file of its own.
const char* interface_id();

}  // namespace tessera
