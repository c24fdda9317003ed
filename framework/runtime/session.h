// Session: a compiled program with its memory on a device, ready to run. It owns the states and the
// arena, allocated once; running a graph allocates nothing. Data inputs and outputs lie in the
// arena, which all graphs share and reuse: write every input of a graph, run it, read its outputs,
// then write the inputs of the next run. What was written before the last run is no longer there.
// Bytes go in by upload and fill, and out by download: nobody else touches them.
#pragma once

#include <functional>
#include <memory>
#include <ranges>
#include <span>
#include <string_view>

#include "framework/device/device.h"
#include "framework/runtime/compile.h"
#include "framework/runtime/device_tensor.h"

namespace tessera {

class Session {
 public:
  Session(Compiled compiled, std::shared_ptr<Device> device);

  const Compiled& compiled() const { return compiled_; }
  Device& device() const { return *device_; }

  /// Data inputs and outputs of a graph, and states. An output is valid until an input of any graph
  /// is written or a graph runs; a state is zero at first.
  DeviceTensor input(std::string_view graph, std::string_view name) {
    return port(graph, name, true);
  }
  DeviceTensor output(std::string_view graph, std::string_view name) {
    return port(graph, name, false);
  }
  DeviceTensor state(std::string_view name);

  /// Writes all elements of a tensor: a contiguous range of its own type, or of bytes.
  template <std::ranges::contiguous_range R>
  void upload(const DeviceTensor& to, const R& values) {
    using T = std::ranges::range_value_t<R>;
    const std::span<const T> from(values);
    check(from.size() == elements<T>(to.type, to.data).size(), "{} written with {} elements",
          to_string(to.type), from.size());
    stream_.upload(to.data, from.data(), from.size_bytes());
  }
  /// Has `make` write all elements of a tensor into a span<T>: the tensor's own memory, or a copy
  /// that is then uploaded.
  template <typename T, typename Make>
  void fill(const DeviceTensor& to, Make&& make) {
    if (memory_is_host_) {
      stream_.synchronize();
      make(elements<T>(to.type, to.data));
      return;
    }
    const auto bytes = std::make_unique<std::byte[]>(to.type.bytes());
    make(elements<T>(to.type, bytes.get()));
    stream_.upload(to.data, bytes.get(), to.type.bytes());
  }
  template <typename T>
  HostValues<T> download(const DeviceTensor& from) {
    if (memory_is_host_) {
      stream_.synchronize();
      return {elements<const T>(from.type, from.data), nullptr};
    }
    auto bytes = std::make_unique<std::byte[]>(from.type.bytes());
    stream_.download(bytes.get(), from.data, from.type.bytes());
    const auto values = elements<const T>(from.type, bytes.get());
    return {values, std::move(bytes)};
  }

  /// The values of an output or a state.
  template <typename T>
  HostValues<T> output(std::string_view graph, std::string_view name) {
    return download<T>(output(graph, name));
  }
  template <typename T>
  HostValues<T> state(std::string_view name) {
    return download<T>(state(name));
  }

  /// Puts a run of the graph on the session's stream.
  void run(std::string_view graph);

  /// What the collectives exchanged so far.
  const Traffic& exchanged() const { return *compiled_.exchanged; }

  /// Overwrites the whole arena with `byte`, for tests: a plan that reads what it has not written
  /// shows.
  void fill_arena(std::byte byte);

  /// Called, when set, after each step of a run with the node and its seconds.
  std::function<void(const Graph&, NodeId, double)> on_step;

  /// Called, when set, with every value of a run while the value is whole: the inputs first, then
  /// each result as soon as its node has run, views included. The rest of the run reads what is
  /// uploaded to a value then.
  std::function<void(const Graph&, ValueId, const DeviceTensor&)> on_value;

 private:
  struct Call {
    NodeId node;
    size_t step;  // index among the plan's steps
    std::vector<void*> in, out;
    void* scratch;
  };
  struct Ready {
    std::vector<Call> calls;
    struct Copy {
      void* to;
      const void* from;
      size_t bytes;
    };
    std::vector<Copy> copies;
  };

  DeviceTensor port(std::string_view graph, std::string_view name, bool input);
  std::byte* place(const Plan& plan, const Slot& slot);
  void show(const Plan& plan, ValueId value);
  void show_inputs(const Plan& plan);
  /// Shows the results of steps [begin, end).
  void show_results(const Plan& plan, size_t begin, size_t end);
  size_t index_of(std::string_view graph) const;

  Compiled compiled_;
  std::shared_ptr<Device> device_;
  const bool memory_is_host_;
  Buffer states_, arena_;
  Stream stream_;
  std::vector<Ready> ready_;
};

}  // namespace tessera
