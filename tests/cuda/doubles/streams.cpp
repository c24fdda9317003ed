#include "tests/cuda/doubles/streams.h"

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>

#include "tests/cuda/doubles/card.h"
#include "tests/cuda/emulator/machine.h"

namespace tessera::doubles {
namespace {

struct Streams {
  std::recursive_mutex mutex;  // work may wait for an event of another stream
  CUstream_st of_default;
  std::set<cudaStream_t> open{&of_default};
};

Streams& streams() {
  static Streams* const made = new Streams;
  return *made;
}

std::atomic<cudaError_t> error = cudaSuccess;
std::atomic<int64_t> pieces_put = 0, pieces_done = 0;

}  // namespace

cudaStream_t find_stream(cudaStream_t stream) {
  const std::lock_guard lock(streams().mutex);
  if (stream == nullptr) return &streams().of_default;
  return streams().open.contains(stream) ? stream : nullptr;
}

cudaStream_t open_stream() {
  // Launches of the emulator become work of their stream.
  static std::once_flag hooked;
  std::call_once(hooked, [] {
    emulator::set_launch_hook([](void* stream, std::function<void()> launch) {
      const cudaStream_t on = find_stream(static_cast<cudaStream_t>(stream));
      if (on == nullptr) throw std::invalid_argument("a launch on no stream");
      put(on, [launch = std::move(launch)] {
        launch();
        for (const std::string& report : emulator::take_reports()) throw std::logic_error(report);
      });
    });
  });
  const std::lock_guard lock(streams().mutex);
  return *streams().open.insert(new CUstream_st).first;
}

void close_stream(cudaStream_t stream) {
  const std::lock_guard lock(streams().mutex);
  stream->run_until(stream->end());
  streams().open.erase(stream);
  delete stream;
}

void put(cudaStream_t stream, std::function<void()> work) {
  const std::lock_guard lock(streams().mutex);
  ++pieces_put;
  stream->work.push_back(std::move(work));
}

void finish_all() {
  const std::lock_guard lock(streams().mutex);
  for (cudaStream_t stream : std::set(streams().open)) stream->run_until(stream->end());
}

cudaError_t card_error() { return error; }

Progress progress() { return {pieces_put, pieces_done}; }

}  // namespace tessera::doubles

void CUstream_st::run_until(int64_t piece) {
  using namespace tessera::doubles;
  const std::lock_guard lock(streams().mutex);
  if (done >= piece) return;
  on_card([&] {
    while (done < piece) {
      const std::function<void()> next = std::move(work.front());
      work.pop_front();
      ++done;
      if (error == cudaSuccess) {
        try {
          next();
        } catch (const std::exception& failure) {
          complain(std::string("work of a stream failed: ") + failure.what());
          error = cudaErrorLaunchFailure;
        }
      }
      ++pieces_done;
    }
  });
}
