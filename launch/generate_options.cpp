#include "launch/generate_options.h"

#include <charconv>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

/// The most texts side by side: beyond, the matrix products are no longer those of few rows.
constexpr int64_t kMostRows = 32;

double real_in(const Arguments& given, const char* name, double otherwise, double least,
               double most) {
  const double value = given.real(name, otherwise);
  require(value >= least && value <= most, "--{}: it is from {} to {}, not {}", name, least, most,
          value);
  return value;
}

/// Reads one `NAME=NUMBER` of --penalty.
void add_penalty(LogitsRules& rules, const std::string& text) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  double value = 0;
  const char* begin = text.data() + (equals == std::string::npos ? text.size() : equals + 1);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  require(equals != std::string::npos && error == std::errc() && end == text.data() + text.size() &&
              value > -1e6 && value < 1e6,
          "--penalty: '{}' is not NAME=NUMBER, such as repetition=1.2", text);
  if (name == "repetition") {
    require(value > 0, "--penalty: repetition is above 0, not {}; 1 changes nothing", value);
    rules.repetition = value;
  } else if (name == "frequency") {
    rules.frequency = value;
  } else if (name == "presence") {
    rules.presence = value;
  } else {
    user_error("--penalty: there is no '{}'; known: repetition, frequency, presence", name);
  }
}

BeamOptions beams_of(const Arguments& given) {
  BeamOptions beams;
  beams.beams = given.integer("beams", 1, 1);
  require(beams.beams <= kMostRows, "--beams: at most {}", kMostRows);
  for (const char* name : {"length-penalty", "early-stopping"})
    require(beams.beams > 1 || !given.has(name), "--{}: only beam search has it; give --beams",
            name);
  for (const char* name : {"temperature", "top-k", "top-p", "min-p", "logprobs"})
    require(beams.beams == 1 || !given.has(name),
            "--{}: beam search makes no draws and gives one score per text; leave out --beams",
            name);
  beams.length_penalty = real_in(given, "length-penalty", 1, -100, 100);
  const std::string early = given.text("early-stopping", "no");
  require(early == "no" || early == "yes" || early == "never",
          "--early-stopping: '{}' is none of no, yes, never", early);
  beams.early = early == "yes"     ? BeamOptions::Early::yes
                : early == "never" ? BeamOptions::Early::never
                                   : BeamOptions::Early::no;
  return beams;
}

}  // namespace

std::vector<Option> generate_options() {
  return {{"tokens", "N", "most tokens to make (default 256)"},
          {"temperature", "T", "0: always the likeliest (default 0.8)"},
          {"top-k", "K", "draw among the K likeliest (default 0: all)"},
          {"top-p", "P", "draw among the likeliest that hold this probability (default 1)"},
          {"min-p", "P", "none below this part of the greatest probability (default 0)"},
          {"penalty", "NAME=X", "repetition=R, frequency=A or presence=A; repeats", true},
          {"no-repeat-ngram", "N", "no N tokens in a row twice (default 0: off)"},
          {"stop", "TEXT", "end before this text; repeats", true},
          {"beams", "N", "beam search over N texts (default 1: draws)"},
          {"length-penalty", "X", "beam search divides scores by length^X (default 1)"},
          {"early-stopping", "WHEN", "beam search: no, yes or never (default no)"},
          {"logprobs", "N", "with --json: log-probabilities, and those of the N likeliest"},
          {"seed", "N", "the same seed makes the same text (default 1)"},
          {"batch", "N", "prompts side by side (default 16)"}};
}

GenerateOptions generate_options_of(const Arguments& given) {
  GenerateOptions out;
  CompletionOptions& to = out.completion;
  to.most = given.integer("tokens", to.most, 1);
  to.sampling.temperature = given.real("temperature", to.sampling.temperature);
  require(to.sampling.temperature >= 0, "--temperature: it must not be negative");
  to.sampling.top_k = given.integer("top-k", 0);
  to.sampling.top_p = given.real("top-p", 1);
  require(to.sampling.top_p > 0 && to.sampling.top_p <= 1, "--top-p: it is above 0 and at most 1");
  to.sampling.min_p = real_in(given, "min-p", 0, 0, 1);
  to.sampling.seed = static_cast<uint64_t>(given.integer("seed", 1));
  for (const std::string& penalty : given.list("penalty")) add_penalty(to.rules, penalty);
  to.rules.no_repeat_ngram = given.integer("no-repeat-ngram", 0);
  to.beams = beams_of(given);
  out.stops = given.list("stop");
  for (const std::string& stop : out.stops) require(!stop.empty(), "--stop: give a text");
  out.batch = given.integer("batch", 16, 1);
  require(out.batch <= kMostRows, "--batch: at most {}", kMostRows);
  out.json = given.has("json") || given.has("prompts");
  if (given.has("logprobs")) {
    require(out.json, "--logprobs: only JSON lines show them; give --json");
    to.logprobs = given.integer("logprobs", 0);
  }
  return out;
}

}  // namespace tessera
