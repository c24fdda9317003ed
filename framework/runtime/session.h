// Session: a compiled program with its memory, ready to run. Owns the states and the arena, allocated once; running a
// graph allocates nothing. Data inputs and outputs lie in the arena: write all inputs of a graph, run it, read its
// outputs, before another graph runs.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "framework/device/cpu/memory.h"
#include "framework/runtime/compile.h"
#include "framework/runtime/tensor.h"

namespace tessera {

class Session {
 public:
  explicit Session(Compiled compiled);

  const Compiled& compiled() const { return compiled_; }

  /// Memory of a data input of a graph, to be written before run().
  template <typename T>
  std::span<T> input(std::string_view graph, std::string_view name) {
    return view<T>(port(graph, name, true));
  }
  /// Memory of a data output of a graph, valid until the next run().
  template <typename T>
  std::span<const T> output(std::string_view graph, std::string_view name) {
    return view<T>(port(graph, name, false));
  }
  /// Memory of a state; zero at first.
  template <typename T>
  std::span<T> state(std::string_view name) {
    return view<T>(state_view(name));
  }

  /// A typed place in the session's memory.
  struct Bytes {
    TensorType type;
    std::byte* data;
  };
  Bytes state_view(std::string_view name);

  void run(std::string_view graph);

  /// Called after each step of a run with the node and its seconds; none when empty.
  std::function<void(const Graph&, NodeId, double)> on_step;

 private:
  struct Call {
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

  Bytes port(std::string_view graph, std::string_view name, bool input);
  std::byte* place(const Plan& plan, const Slot& slot);
  size_t index_of(std::string_view graph) const;
  template <typename T>
  static std::span<T> view(Bytes bytes) {
    check(sizeof(T) == size_of(bytes.type.dtype), "{} read as elements of {} bytes",
          to_string(bytes.type), sizeof(T));
    return {reinterpret_cast<T*>(bytes.data), static_cast<size_t>(bytes.type.numel())};
  }

  Compiled compiled_;
  HostBuffer states_, arena_;
  std::vector<Ready> ready_;
};

}  // namespace tessera
