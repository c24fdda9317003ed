#include "framework/train/model_learner.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "framework/assembly/device.h"
#include "framework/assembly/fit_settings.h"
#include "framework/checkpoint/checkpoint_writer.h"
#include "framework/comm/agreement.h"
#include "framework/config/choices.h"
#include "framework/graph/text.h"
#include "framework/train/held_state.h"
#include "framework/train/new_head.h"
#include "framework/train/signals.h"
#include "models/open_corpus.h"
#include "models/outside_export.h"
#include "models/tuning.h"

namespace tessera {
namespace {

Compiled compile_to_fit(Program program, const Device& device, const Config& config,
                        const MeshPlace& place, const CompileOptions& options) {
  Compiled compiled = compile(std::move(program), device, place, options);
  FitSettings settings = fit_settings(config);
  if (place.world && !config.device.memory) {
    const auto& hosts = place.world->hosts();
    settings.sharers =
        std::count(hosts.begin(), hosts.end(), hosts[static_cast<size_t>(place.world->rank())]);
  }
  require_fits(compiled, device.profile().memory_bytes,
               static_cast<size_t>(config.device.reserve.bytes), settings);
  return compiled;
}

/// The rows that all inputs of this rank have in common, if one mesh axis splits the rows of all
/// inputs; otherwise all rows.
BatchRows rows_made(const FeedParts& parts, int64_t rows, World* world) {
  std::set<std::vector<AxisId>> splits;
  for (const auto& [name, layout] : parts.inputs)
    if (!layout.split.empty()) splits.insert(layout.split[0]);
  if (!world || splits.size() != 1 || splits.begin()->size() != 1) return {};
  const AxisId axis = splits.begin()->front();
  const Layout layout{.split = {{axis}}};
  Communicator& others = world->group(parts.mesh.group(parts.rank, axis));
  return {box_of({rows}, layout, parts.mesh, parts.rank).dims[0],
          [&others](std::span<double> sums) {
            others.run({.kind = Collective::Kind::all_reduce,
                        .dtype = DType::f64,
                        .pieces = {{sums.data(), sums.data(), std::ssize(sums)}},
                        .name = "the labels of a batch"});
          }};
}

}  // namespace

std::unique_ptr<Batches> make_batches(const ModelDef& model, const Config& config,
                                      const Corpus& corpus) {
  std::unique_ptr<Batches> batches = model.batches(config, corpus);
  const bool evaluates = config.data.holds_out() && !config.evaluate.every.never();
  uint64_t held_out = 0;
  std::string folders;
  for (size_t s = 0; s < corpus.sources().size(); ++s) {
    held_out += corpus.sources()[s].split.validation.token_count();
    folders += (s == 0 ? "" : ", ") + corpus.shards(s).folder().string();
  }
  require(!evaluates || batches->evaluation_batches() > 0,
          "{}: the held-out part, {} tokens, has no text to make a sample of; hold out more "
          "(data.validation is {}), tokenize more text, or set evaluate.every: 0 steps",
          folders, held_out, config.data.validation);
  return batches;
}

LearnerData open_data(const Models& models, const Config& config) {
  const Corpus corpus = open_corpus(config);
  LearnerData data;
  data.tokenizer = corpus.tokenizer();
  data.vocab = data.tokenizer->vocab_size();
  data.identity = corpus.identity();
  data.marks = corpus.marks();
  corpus.shards(0).require_vocab(config.model.vocab.value_or(data.vocab));
  data.batches = make_batches(models.of(config), config, corpus);
  return data;
}

ModelLearner::ModelLearner(const Models& models, const Config& config, LearnerData data,
                           const std::shared_ptr<Device>& device, bool training, World* world,
                           const CompileOptions& options)
    : ModelLearner(models.of(config), config, std::move(data), device,
                   training ? assemble_training(models, config, data.vocab)
                            : assemble_evaluation(models, config, data.vocab),
                   world, options) {}

ModelLearner::ModelLearner(const ModelDef& model, const Config& config, LearnerData data,
                           const std::shared_ptr<Device>& device, Assembly assembly, World* world,
                           const CompileOptions& options)
    : model_(model),
      config_(config),
      world_(world),
      data_(std::move(data)),
      parameters_(std::move(assembly.parameters)),
      model_flops_(assembly.model_flops),
      parts_{assembly.mesh, world ? world->rank() : 0, std::move(assembly.inputs)},
      session_(compile_to_fit(std::move(assembly.program), *device, config,
                              {parts_.mesh, parts_.rank, world}, options),
               device) {
  check(parts_.mesh.size() == (world ? world->size() : 1), "a mesh {} in a world of {} ranks",
        to_string(parts_.mesh), world ? world->size() : 1);
  rows_ = rows_made(parts_, config_.micro_sequences(), world);
}

void ModelLearner::initialize() {
  if (initialized_) return;
  session_.run("initialize");
  refresh_copies(session_);
  initialized_ = true;
}

StepResult ModelLearner::update(int64_t first_sample) {
  initialize();
  const std::vector<Feed> feeds = data_.batches->update(first_sample, rows_);
  StepResult result{};
  std::string last = "step";
  if (model_.loss_parts)
    for (const std::string& name : model_.loss_parts(config_)) result.parts.emplace_back(name, 0.0);
  for (size_t i = 0; i < feeds.size(); ++i) {
    const std::string graph = feeds.size() == 1 ? "step" : i == 0 ? "first" : "micro";
    write_feed(feeds[i], session_, graph, parts_);
    session_.run(graph);
    result.loss += static_cast<double>(session_.output<float>(graph, "loss")[0]);
    for (auto& [name, value] : result.parts)
      value += static_cast<double>(session_.output<float>(graph, name)[0]);
  }
  if (feeds.size() > 1) {
    last = "update";
    session_.run(last);
  }
  result.grad_norm = static_cast<double>(session_.output<float>(last, "grad_norm")[0]);
  result.learning_rate = static_cast<double>(session_.output<float>(last, "learning_rate")[0]);
  result.applied = session_.output<uint8_t>(last, "applied")[0] != 0;
  return result;
}

Evaluation ModelLearner::evaluate() {
  initialize();
  const GraphOutputs outputs{
      [&](std::string_view name) { return session_.output<float>("evaluate", name); },
      [&](std::string_view name) { return session_.output<int32_t>("evaluate", name); }};
  const Tokenizer* tokenizer = data_.tokenizer.get();
  const std::vector<BatchSource> sources = data_.batches->sources();
  Tally sums;
  std::vector<Tally> sums_of(std::max<size_t>(1, sources.size()));
  const int64_t batches = data_.batches->evaluation_batches();
  for (int64_t i = 0; i < batches; ++i) {
    if (agreed_max(world_, stop_signal()) != 0) throw EvaluationStopped{};
    const EvaluationBatch batch = data_.batches->evaluation(i);
    write_feed(batch.feed, session_, "evaluate", parts_);
    session_.run("evaluate");
    for (const auto& [name, value] : model_.tally(config_, batch, outputs, tokenizer)) {
      sums[name] += value;
      sums_of[batch.source][name] += value;
    }
  }
  require(
      sums["weight"] > 0,
      "the held-out part of {} has nothing to predict: hold out more (data.validation is {}), or "
      "tokenize more text",
      config_.data.place(), config_.data.validation);
  Evaluation all = model_.evaluation(config_, sums);
  for (size_t s = 0; sources.size() > 1 && s < sources.size(); ++s) {
    if (!(sums_of[s]["weight"] > 0)) continue;  // nothing of it is held out
    const Evaluation one = model_.evaluation(config_, sums_of[s]);
    all.figures.emplace_back("loss." + sources[s].name, one.loss);
    for (const auto& [name, number] : one.figures)
      all.figures.emplace_back(name + "." + sources[s].name, number);
  }
  return all;
}

std::vector<State> ModelLearner::persistent_states() const {
  std::vector<State> out;
  for (const State& state : session_.compiled().program.states())
    if (state.kind == StateKind::parameter || state.kind == StateKind::moment ||
        state.kind == StateKind::counter)
      out.push_back(state);
  return out;
}

bool ModelLearner::writes(const State& state) const {
  // Among ranks that hold the same box, the first one along every axis writes it.
  for (size_t a = 0; a < parts_.mesh.axes().size(); ++a) {
    const auto axis = static_cast<AxisId>(a);
    if (state.layout.dim_of(axis) < 0 && parts_.mesh.coordinate(parts_.rank, axis) > 0)
      return false;
  }
  return true;
}

void ModelLearner::save(CheckpointWriter& writer) {
  initialize();
  std::vector<PartTensor> parts;
  std::vector<HostValues<std::byte>> held;  // while they are written
  for (const State& state : persistent_states()) {
    if (!writes(state)) continue;
    held.push_back(session_.state<std::byte>(state.name));
    parts.push_back({state.name, whole_type(state), box_held(state, place()), held.back().data()});
  }
  writer.write(parts);
}

std::vector<WantedTensor> ModelLearner::wanted(const std::vector<State>& states) const {
  std::vector<WantedTensor> out;
  for (const State& state : states) out.push_back({state.name, whole_type(state)});
  return out;
}

void ModelLearner::read(const std::vector<State>& states, TensorSource& source) {
  for (const State& state : states)
    session_.fill<std::byte>(session_.state(state.name), [&](std::span<std::byte> bytes) {
      source.read(state.name, box_held(state, place()), bytes.data());
    });
  refresh_copies(session_);
  initialized_ = true;
}

void ModelLearner::load(TensorSource& source) {
  const std::vector<State> states = persistent_states();
  const auto lines = mismatches(source, wanted(states));
  require(lines.empty(), "{} is of another model or optimizer:\n  {}", source.title(),
          fmt::join(lines, "\n  "));
  read(states, source);
}

std::vector<std::string> ModelLearner::begin_from(TensorSource& source, bool with_optimizer) {
  initialize();
  // A count of updates is kept with the moments that it corrects; without moments it belongs to the
  // schedule alone.
  const std::vector<State> all = persistent_states();
  const bool counts = config_.optimizer.type == UpdateRule::adamw;
  std::vector<State> states;
  for (const State& state : all)
    if (state.kind == StateKind::parameter ||
        (with_optimizer && (state.kind == StateKind::moment || counts)))
      states.push_back(state);
  const NewHead head = new_head(model_, config_, source, wanted(states));
  std::erase_if(states, [&](const State& state) { return head.fresh.contains(state.name); });
  std::vector<std::string> lines = mismatches(source, wanted(states));
  for (const std::string& name : surplus(source, wanted(all))) {
    if (head.left.contains(name)) continue;
    const bool of_optimizer = name == "step" || name.find('@') != std::string::npos;
    if (with_optimizer || !of_optimizer)
      lines.push_back(fmt::format("'{}' {} has no place", name, to_string(source.type(name))));
  }
  require(lines.empty(), "init.from: {} does not fit this model{}:\n  {}", source.title(),
          with_optimizer ? " and optimizer" : "", fmt::join(lines, "\n  "));
  read(states, source);
  return head.text();
}

int64_t ModelLearner::parameter_count() const {
  int64_t n = 0;
  for (const Parameter& p : parameters_) n += numel(p.own_shape());
  return n;
}

std::string ModelLearner::program_text() const {
  std::string text;
  for (const Graph& graph : session_.compiled().program.graphs()) text += to_string(graph);
  return text;
}

double ModelLearner::flops_per_token() {
  return model_flops_ / static_cast<double>(config_.tokens_per_step());
}

Learner::Communication ModelLearner::communication() {
  if (!world_) return {};
  const World::Times times = world_->times();
  return {times.total, times.blocked};
}

std::string ModelLearner::header() {
  const Compiled& compiled = session_.compiled();
  constexpr double kMiB = 1 << 20;
  std::string ranks;
  if (world_) {
    const std::set<std::string> hosts(world_->hosts().begin(), world_->hosts().end());
    ranks = fmt::format("{} ranks on {} host{} ({}), mesh {}{}, data parallel sharding: {}\n",
                        world_->size(), hosts.size(), hosts.size() == 1 ? "" : "s",
                        fmt::join(hosts, ", "), to_string(parts_.mesh),
                        config_.mesh.sequence_parallel ? ", sequence parallel" : "",
                        choice_name(config_.data_parallel.shard));
  }
  if (const std::string text = model_.remark ? model_.remark(config_) : ""; !text.empty())
    ranks += text + "\n";
  ranks += outside_target_text(config_) + "\n";
  for (const std::string& note : data_.notes) ranks += note + "\n";
  if (const std::string text = frozen_text(config_, parameters_); !text.empty())
    ranks += text + "\n";
  if (data_.tokenizer && !data_.tokenizer->keeps_text() && !model_.examples)
    ranks += fmt::format(
        "the tokenizer ({}) does not keep every byte of a text: figures per byte are "
        "of the text that tokens decode to\n",
        data_.tokenizer->kind());
  return ranks + fmt::format(
                     "{} parameters · planned memory {:.0f} MiB ({:.0f} MiB states + {:.0f} MiB "
                     "arena) · {:.2f} "
                     "MFLOP per token · {}",
                     parameter_count(), static_cast<double>(compiled.bytes()) / kMiB,
                     static_cast<double>(compiled.state_bytes) / kMiB,
                     static_cast<double>(compiled.arena_bytes) / kMiB, flops_per_token() / 1e6,
                     threads_text(config_.device, session_.device().profile()));
}

}  // namespace tessera
