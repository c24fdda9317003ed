#include "framework/passes/optimizer.h"

#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

struct Control {
  Value learning_rate, scale, step, applied;
};

/// Appends norm, clipping, predicate, step count and learning rate, from all gradients.
Control add_control(Graph& graph, const Optimizer& optimizer, std::span<const Update> updates) {
  Scope scope(graph, "optimizer", Scope::NamesOnly{});
  std::vector<Value> squares;
  for (const Update& u : updates)
    squares.push_back(ops::sum_squares(u.gradient, {}, u.parameter + ".squares"));
  const auto clip = ops::clip_scale.all(squares, {{"max_norm", optimizer.clip_norm}}, "clip");
  const Port* known = graph.find_input("step");
  const Value done = known ? graph.handle(known->value)
                           : graph.add_input("step", {DType::i64, {}}, PortKind::state);
  const Value next = ops::add(done, fill(graph, 1, {DType::i64, {}}, "one"), {}, "next_step");
  const Schedule& s = optimizer.schedule;
  const Value lr = ops::learning_rate(next, {{"schedule", std::string(choice_name(s.type))},
                                             {"peak", s.peak},
                                             {"warmup", s.warmup},
                                             {"total", s.total},
                                             {"decay", s.decay},
                                             {"final_ratio", s.final_ratio}});
  graph.add_output("grad_norm", clip[1]);
  graph.add_output("learning_rate", lr);
  graph.add_output("applied", clip[2]);
  graph.add_output("step", ops::where(clip[2], next, done, {}, "step_done"), PortKind::state);
  return {lr, clip[0], next, clip[2]};
}

}  // namespace

void add_optimizer(Graph& graph, const Optimizer& optimizer, std::span<const Update> updates) {
  const Control control = add_control(graph, optimizer, updates);
  Scope scope(graph, "update", Scope::NamesOnly{});
  const bool adam = optimizer.type == UpdateRule::adamw;
  for (const Update& u : updates) {
    const auto state = [&](std::string_view suffix) {
      const std::string name = fmt::format("{}{}", u.parameter, suffix);
      const Port* port = graph.find_input(name);
      return port ? graph.handle(port->value)
                  : graph.add_input(name, {DType::f32, u.gradient.shape()}, PortKind::state);
    };
    const Value parameter = state("");
    const auto store = [&](std::string_view suffix, Value value) {
      graph.add_output(fmt::format("{}{}", u.parameter, suffix), value, PortKind::state);
    };
    if (adam) {
      const auto out =
          ops::adamw.all({parameter, u.gradient, state("@m"), state("@v"), control.learning_rate,
                          control.scale, control.step, control.applied},
                         {{"beta1", optimizer.beta1},
                          {"beta2", optimizer.beta2},
                          {"eps", optimizer.eps},
                          {"weight_decay", u.weight_decay}},
                         u.parameter);
      store("", out[0]);
      store("@m", out[1]);
      store("@v", out[2]);
    } else {
      std::vector<Value> operands{parameter, u.gradient};
      if (optimizer.momentum > 0) operands.push_back(state("@momentum"));
      operands.insert(operands.end(), {control.learning_rate, control.scale, control.applied});
      const auto out = ops::sgd.all(
          operands, {{"momentum", optimizer.momentum}, {"weight_decay", u.weight_decay}},
          u.parameter);
      store("", out[0]);
      if (optimizer.momentum > 0) store("@momentum", out[1]);
    }
  }
}

void declare_optimizer_states(Program& program, const Optimizer& optimizer,
                              std::span<const State> parameters) {
  program.declare({"step", {DType::i64, {}}, StateKind::counter});
  for (const State& p : parameters) {
    if (optimizer.type == UpdateRule::adamw) {
      program.declare({p.name + "@m", p.type, StateKind::moment, p.kept});
      program.declare({p.name + "@v", p.type, StateKind::moment, p.kept});
    } else if (optimizer.momentum > 0) {
      program.declare({p.name + "@momentum", p.type, StateKind::moment, p.kept});
    }
  }
}

}  // namespace tessera
