// The error of a kernel that could not be launched, thrown from files that nvcc compiles, which can
// read neither fmt nor the errors of framework/core.
#pragma once

namespace tessera::gpu {

/// Throws a UserError that names the kernel and what CUDA says.
[[noreturn]] void launch_failed(const char* kernel, const char* why);

}  // namespace tessera::gpu
