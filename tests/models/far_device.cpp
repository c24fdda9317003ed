#include "tests/models/far_device.h"

#include <sys/mman.h>

#include <cstring>
#include <functional>
#include <vector>

#include "framework/core/error.h"

namespace tessera::testing {
namespace {

constexpr size_t kRange = size_t{1} << 40, kPage = 4096;

DeviceProfile far_profile(DeviceProfile like) {
  like.backend = "far";
  return like;
}

KernelFactory find_far(std::string_view op);

constexpr KernelLibrary kFarKernels{.backend = "far", .find = &find_far};

}  // namespace

/// What is on a stream and not done yet.
struct FarDevice::Queue {
  std::vector<std::function<void()>> work;
};

/// The cpu's kernel, put off until somebody waits.
Kernel far_kernel(const KernelSpec& spec) {
  DeviceProfile profile = spec.profile;
  profile.backend = "cpu";
  const auto kernel = std::make_shared<Kernel>(
      cpu_kernel(spec.op)({spec.op, spec.attrs, spec.in, spec.out, profile}));
  const size_t scratch = kernel->scratch_bytes;
  return {[kernel, ins = spec.in.size(), outs = spec.out.size()](const KernelArgs& args) {
            auto& device = static_cast<FarDevice&>(args.stream->device());
            std::vector<void*> in(args.in, args.in + ins), out(args.out, args.out + outs);
            ++device.put_off_;
            static_cast<FarDevice::Queue*>(args.stream->handle())
                ->work.push_back([kernel, in, out, scratch = args.scratch, &device]() mutable {
                  for (void*& p : in) p = device.near(p);
                  for (void*& p : out) p = device.near(p);
                  void* const there = kernel->scratch_bytes > 0 ? device.near(scratch) : nullptr;
                  kernel->run({in.data(), out.data(), there});
                });
          },
          scratch};
}

namespace {

KernelFactory find_far(std::string_view op) {
  return cpu_kernel(op) != nullptr ? &far_kernel : nullptr;
}

}  // namespace

FarDevice::FarDevice(const DeviceProfile& like) : Device(far_profile(like), kFarKernels) {
  void* const range =
      ::mmap(nullptr, kRange, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  check(range != MAP_FAILED, "no range of addresses for a device");
  range_ = next_ = static_cast<std::byte*>(range);
}

FarDevice::~FarDevice() { ::munmap(range_, kRange); }

void* FarDevice::near(const void* far) const {
  const auto* at = static_cast<const std::byte*>(far);
  const std::lock_guard lock(mutex_);
  auto buffer = buffers_.upper_bound(at);
  check(buffer != buffers_.begin(), "an address that is not the device's");
  --buffer;
  const auto offset = static_cast<size_t>(at - buffer->first);
  check(offset < buffer->second.size(), "an address behind a buffer");
  return const_cast<std::byte*>(buffer->second.data()) + offset;
}

std::byte* FarDevice::allocate(size_t bytes) {
  const std::lock_guard lock(mutex_);
  std::byte* const far = next_;
  next_ += (bytes / kPage + 2) * kPage;  // and a page between
  check(next_ < range_ + kRange, "the device's range is used up");
  buffers_.emplace(far, HostBuffer(bytes));
  return far;
}

void FarDevice::release(std::byte* data, size_t) noexcept {
  const std::lock_guard lock(mutex_);
  buffers_.erase(data);
}

void* FarDevice::open_stream() { return new Queue; }

void FarDevice::close_stream(void* stream) noexcept { delete static_cast<Queue*>(stream); }

void FarDevice::upload(void* stream, void* to, const void* from_host, size_t bytes) {
  const auto* from = static_cast<const std::byte*>(from_host);
  ++put_off_;
  static_cast<Queue*>(stream)->work.push_back(
      [this, to, bytes, held = std::vector<std::byte>(from, from + bytes)] {
        std::memcpy(near(to), held.data(), bytes);
      });
}

void FarDevice::download(void* stream, void* to_host, const void* from, size_t bytes) {
  synchronize(stream);
  std::memcpy(to_host, near(from), bytes);
}

void FarDevice::copy(void* stream, void* to, const void* from, size_t bytes) {
  ++put_off_;
  static_cast<Queue*>(stream)->work.push_back(
      [this, to, from, bytes] { std::memcpy(near(to), near(from), bytes); });
}

void FarDevice::synchronize(void* stream) {
  auto& work = static_cast<Queue*>(stream)->work;
  for (const auto& thing : work) thing();
  done_ += std::ssize(work);
  work.clear();
}

}  // namespace tessera::testing
