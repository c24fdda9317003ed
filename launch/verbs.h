// The verbs of the `tessera` program. Each verb takes the words after its name, prints to standard
// output, returns 0 when all is well, and throws otherwise; run_program turns an exception into
// text and an exit status. Each verb lives in the file of its name and is listed once, in
// verbs.cpp.
#pragma once

#include <span>
#include <string>

namespace tessera {

int run_train(std::span<const std::string> args);
int run_chat(std::span<const std::string> args);
int run_embed(std::span<const std::string> args);
int run_eval(std::span<const std::string> args);
int run_export(std::span<const std::string> args);
int run_import(std::span<const std::string> args);
int run_generate(std::span<const std::string> args);
int run_data(std::span<const std::string> args);
int run_predict(std::span<const std::string> args);
int run_tokenize(std::span<const std::string> args);
int run_tokenizer(std::span<const std::string> args);
int run_quickstart(std::span<const std::string> args);
int run_verify(std::span<const std::string> args);
int run_new(std::span<const std::string> args);
int run_plan(std::span<const std::string> args);
int run_bench(std::span<const std::string> args);
int run_doctor(std::span<const std::string> args);
int run_config(std::span<const std::string> args);

/// Runs the whole program. `args` is everything after the program's name. The exit status is 0 when
/// all is well, 1 for a bug in Tessera (or a difference that `verify` found), and 2 for something
/// that the user must change.
int run_program(std::span<const std::string> args) noexcept;

}  // namespace tessera
