#include "framework/assembly/assemble.h"

#include <algorithm>

#include "framework/assembly/cache_graphs.h"
#include "framework/assembly/layouts.h"
#include "framework/config/value.h"
#include "framework/core/error.h"
#include "framework/ops/shared/fill.h"
#include "framework/passes/grad.h"
#include "framework/passes/masters.h"
#include "framework/passes/optimizer.h"
#include "framework/passes/precision.h"
#include "framework/report/flops.h"
#include "framework/runtime/kernels.h"
#include "models/tuning.h"

namespace tessera {
namespace {

Optimizer optimizer_of(const Config& config) {
  const OptimizerConfig& o = config.optimizer;
  const int64_t tokens = config.tokens_per_step();
  const Schedule schedule{.type = config.schedule.type,
                          .peak = o.lr,
                          .warmup = config.schedule.warmup.steps(tokens),
                          .total = config.train.steps.steps(tokens),
                          .decay = config.schedule.decay.steps(tokens),
                          .final_ratio = config.schedule.final_ratio};
  return {o.type, o.beta1, o.beta2, o.eps, o.momentum, o.clip_norm, schedule};
}

double decay_of(const Config& config, const Parameter& parameter) {
  const bool decays = parameter.is_matrix() || config.optimizer.decay_norms_and_biases;
  return decays ? config.optimizer.weight_decay : 0;
}

State state_of(const Parameter& parameter) {
  State out;
  out.name = parameter.name;
  out.type = {DType::f32, parameter.shape};
  out.kept = parameter.kept;
  return out;
}

class Assembler {
 public:
  Assembler(const Models& models, const Config& config, int64_t vocab, const PassObserver& observer)
      : model_(models.of(config)),
        models_(models),
        config_(config),
        vocab_(vocab),
        observer_(observer) {}

  void add_training() {
    if (config_.batch.accumulate == 1) {
      Graph step = model("step", true);
      const auto gradients = differentiate(step);
      std::vector<Update> updates;
      for (size_t i = 0; i < gradients.size(); ++i)
        updates.push_back({trained_[i].name, gradients[i], decay_of(config_, trained_[i])});
      add_optimizer(step, optimizer_of(config_), updates);
      add("optimizer", std::move(step));
    } else {
      accumulate("first", false);
      accumulate("micro", true);
      Graph update("update");
      std::vector<Update> updates;
      for (const Parameter& p : trained_)
        updates.push_back(
            {p.name, update.add_input(p.name + "@grad", {DType::f32, p.shape}, PortKind::state),
             decay_of(config_, p)});
      add_optimizer(update, optimizer_of(config_), updates);
      add("optimizer", std::move(update));
    }
    std::vector<State> states;
    for (const Parameter& p : trained_) states.push_back(state_of(p));
    declare_optimizer_states(program_, optimizer_of(config_), states);
    if (config_.batch.accumulate > 1)
      for (const State& s : states)
        program_.declare({s.name + "@grad", s.type, StateKind::accumulator, s.kept});
  }

  /// Adds the graph of the parameters' first values, each drawn by (seed, its name, element).
  void add_initialization() {
    Graph graph("initialize");
    for (const Parameter& p : parameters_) {
      Value first;
      if (p.init == Parameter::Init::normal) {
        Attrs attrs{
            {"std", p.std}, {"seed", config_.train.seed}, {"stream", p.name}, {"shape", p.shape}};
        if (!p.kept.empty()) {
          attrs.set("whole", p.kept);
          attrs.set("origin", Shape(p.kept.size()));
        }
        first = graph.add1(ops::random_normal, {}, std::move(attrs), p.name);
      } else {
        check(p.init == Parameter::Init::zeros || p.kept.empty(), "'{}' pads with ones", p.name);
        first = fill(graph, p.init == Parameter::Init::ones ? 1 : 0, {DType::f32, p.shape}, p.name);
      }
      graph.add_output(p.name, first, PortKind::state);
    }
    program_.add(std::move(graph));
  }

  void add_evaluation() { add("model", model("evaluate", false)); }

  void add_generation(const GenerationSize& size) {
    only_reads_ = true;
    std::vector<std::string> generating;
    for (const ModelDef& row : models_.rows)
      if (row.generation) generating.push_back(row.kind.name);
    require(model_.generation != nullptr, "only a {} generates text; this model is {}",
            fmt::join(generating, " or "), model_.kind.name);
    using Part = GenerationUse::Part;
    const auto add_part = [&](std::string name, const GenerationUse& use) {
      Graph graph(std::move(name));
      declare(model_.generation(graph, config_, use));
      for (const Port& port : graph.inputs())
        if (port.name.str().starts_with("cache."))
          program_.declare({port.name, graph.value(port.value).type, StateKind::cache});
      add("model", std::move(graph));
    };
    for (const int64_t length : block_lengths(size.prompt))
      add_part(block_graph(length), {.part = Part::prompt,
                                     .vocab = vocab_,
                                     .length = length,
                                     .cache = size.prompt_cache(),
                                     .latest = size.latest()});
    add_part("head", {.part = Part::head, .vocab = vocab_});
    add_part("decode", {.vocab = vocab_,
                        .rows = size.rows,
                        .cache = size.decode_cache(),
                        .latest = size.ring(),
                        .in_place = size.in_place()});
    add_cache_graphs(program_, size);
  }

  void add_reading(ReadingKind kind, std::span<const ReadingSize> sizes) {
    only_reads_ = true;
    const auto build = kind == ReadingKind::scoring ? model_.scoring : model_.encoding;
    require(build != nullptr, "a {} model {}", model_.kind.name,
            kind == ReadingKind::scoring
                ? "gives a text no likelihood: it fills in masked tokens; `tessera eval SOURCE` "
                  "measures it on the data of its run"
                : "gives no vectors");
    for (const ReadingSize& size : sizes) {
      Graph graph(size.graph());
      declare(build(graph, config_, {vocab_, size.rows, size.length}));
      add("model", std::move(graph));
    }
  }

  Assembly finish(std::map<std::string, LocalValues>* values = nullptr) {
    Program precise = apply_precision(std::move(program_), config_.precision.compute);
    if (only_reads_) precise = drop_masters(std::move(precise));
    Assembly out;
    out.parameters = parameters_;
    out.mesh = mesh_of(config_);
    const ModelLayout layout = model_.layout(config_);
    const bool trains = std::any_of(precise.graphs().begin(), precise.graphs().end(), [](auto& g) {
      return g.name() == "step" || g.name() == "first";
    });
    if (trains) check_notes(layout, precise, parameters_);
    for (const Graph& graph : precise.graphs())
      out.model_flops += model_flops(graph) * times_of_update(graph.name());
    Lowering lowering{.mesh = out.mesh,
                      .wishes = wishes_of(layout, config_, out.mesh, precise, parameters_),
                      .recompute = config_.recompute.policy,
                      .has_kernel = has_kernel_in(kernels_of(value_text(config_.device.type))),
                      .values = values};
    out.program = lower(std::move(precise), lowering, observer_);
    out.inputs = std::move(lowering.inputs);
    return out;
  }

 private:
  /// How often an update runs the model, forward and backward, by this graph.
  double times_of_update(std::string_view graph) const {
    if (graph == "step" || graph == "first") return 1;
    return graph == "micro" ? static_cast<double>(config_.batch.accumulate - 1) : 0;
  }

  Graph shown(std::string_view pass, Graph graph) const {
    if (observer_) observer_(pass, graph);
    return graph;
  }

  void add(std::string_view pass, Graph graph) { program_.add(shown(pass, std::move(graph))); }

  void declare(const std::vector<Parameter>& parameters) {
    parameters_ = parameters;
    for (const Parameter& p : parameters) program_.declare(state_of(p));
  }

  Graph model(std::string name, bool training, bool part = false) {
    Graph graph(std::move(name));
    declare(model_.build(graph, config_, {vocab_, training, part}));
    if (graph.find_input("step")) program_.declare({"step", {DType::i64, {}}, StateKind::counter});
    if (training) trained_ = trained_parameters(config_, parameters_);
    return training ? shown("model", std::move(graph)) : graph;
  }

  std::vector<Value> differentiate(Graph& graph) {
    graph = expand_for_grad(graph);
    std::vector<Value> parameters;
    for (const Parameter& p : trained_) parameters.push_back(graph.input(p.name));
    const auto gradients =
        add_gradients(graph, graph.handle(graph.output("loss").value), parameters);
    shown("grad", graph);
    return gradients;
  }

  /// Adds the graph of a micro-step, whose gradients are written to the accumulators, or added to
  /// them when `onto`. With dropout the state "part" counts the micro-steps of an update, so that
  /// their masks are those of one large batch.
  void accumulate(std::string name, bool onto) {
    Graph graph = model(std::move(name), true, onto);
    const auto gradients = differentiate(graph);
    if (graph.find_input("step")) {
      const TensorType type{DType::i64, {}};
      const Value one = fill(graph, 1, type, "one");
      graph.add_output("part", onto ? ops::add(graph.input("part"), one, {}, "next_part") : one,
                       PortKind::state);
      program_.declare({"part", type, StateKind::accumulator});
    }
    for (size_t i = 0; i < gradients.size(); ++i) {
      const std::string state = trained_[i].name + "@grad";
      Value sum = gradients[i];
      if (onto)
        sum = ops::add(graph.add_input(state, gradients[i].type(), PortKind::state), sum, {},
                       state + ".sum");
      graph.add_output(state, sum, PortKind::state);
    }
    add("optimizer", std::move(graph));
  }

  const ModelDef model_;
  const Models& models_;
  const Config& config_;
  int64_t vocab_;
  const PassObserver observer_;
  Program program_;
  bool only_reads_ = false;  // no graph changes or makes a parameter
  std::vector<Parameter> parameters_;
  std::vector<Parameter> trained_;  // of them, those that are not frozen
};

}  // namespace

Assembly assemble_training(const Models& models, const Config& config, int64_t vocab,
                           const PassObserver& observer,
                           std::map<std::string, LocalValues>* values) {
  Assembler assembler(models, config, vocab, observer);
  assembler.add_training();
  assembler.add_initialization();
  assembler.add_evaluation();
  return assembler.finish(values);
}

Assembly assemble_evaluation(const Models& models, const Config& config, int64_t vocab) {
  Assembler assembler(models, config, vocab, {});
  assembler.add_evaluation();
  assembler.add_initialization();
  return assembler.finish();
}

Assembly assemble_generation(const Models& models, const Config& config, int64_t vocab,
                             const GenerationSize& size) {
  Assembler assembler(models, config, vocab, {});
  assembler.add_generation(size);
  return assembler.finish();
}

Assembly assemble_reading(const Models& models, const Config& config, int64_t vocab,
                          ReadingKind kind, std::span<const ReadingSize> sizes) {
  Assembler assembler(models, config, vocab, {});
  assembler.add_reading(kind, sizes);
  return assembler.finish();
}

}  // namespace tessera
