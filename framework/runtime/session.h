// Session: a compiled program with its memory, ready to run. Owns the states and the arena, allocated once; running a
// graph allocates nothing. Data inputs and outputs lie in the arena, which all graphs share and reuse: write every input
// of a graph, run it, read its outputs, then write the inputs of the next run. What was written before the last run is
// not there any more.
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

  /// A typed place in the session's memory.
  struct Bytes {
    const TensorType& type;
    std::byte* data;
  };

  /// Memory of a data input of a graph, to be written before run().
  template <typename T>
  std::span<T> input(std::string_view graph, std::string_view name) {
    return view<T>(port(graph, name, true));
  }
  /// The same with its type.
  Bytes input_view(std::string_view graph, std::string_view name) {
    return port(graph, name, true);
  }
  Bytes output_view(std::string_view graph, std::string_view name) {
    return port(graph, name, false);
  }
  /// Memory of a data output of a graph, valid until an input of any graph is written or a graph runs.
  template <typename T>
  std::span<const T> output(std::string_view graph, std::string_view name) {
    return view<T>(port(graph, name, false));
  }
  /// Memory of a state; zero at first.
  template <typename T>
  std::span<T> state(std::string_view name) {
    return view<T>(state_view(name));
  }

  Bytes state_view(std::string_view name);

  void run(std::string_view graph);

  /// Collectives that ran so far.
  const Traffic& exchanged() const { return *compiled_.exchanged; }

  /// Overwrites the whole arena with `byte`, for tests: a plan that reads what it has not written shows.
  void fill_arena(std::byte byte);

  /// Called after each step of a run with the node and its seconds; none when empty.
  std::function<void(const Graph&, NodeId, double)> on_step;

  /// Shown every value of a run while it is whole: the inputs first, then each result as soon as its node has run, views
  /// included. What is written there is what the rest of the run reads. None when empty.
  std::function<void(const Graph&, ValueId, std::byte*)> on_value;

 private:
  struct Call {
    NodeId node;
    size_t step;  // of the plan
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
  void show_inputs(const Plan& plan);
  /// Results of steps [begin, end).
  void show_results(const Plan& plan, size_t begin, size_t end);
  size_t index_of(std::string_view graph) const;
  template <typename T>
  static std::span<T> view(const Bytes& bytes) {
    if (sizeof(T) != size_of(bytes.type.dtype))
      internal_error("{} read as elements of {} bytes", to_string(bytes.type), sizeof(T));
    return {reinterpret_cast<T*>(bytes.data), static_cast<size_t>(bytes.type.numel())};
  }

  Compiled compiled_;
  HostBuffer states_, arena_;
  std::vector<Ready> ready_;
};

}  // namespace tessera
