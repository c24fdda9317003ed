// `tessera bench`, as a user meets it: what it refuses before it measures anything.
#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/launch/shell.h"
#include "tests/places.h"

namespace tessera {
namespace {

const std::string kOp = "layer_norm(f32[4,8], f32[8], f32[8]) {eps=1e-05}";

void refuses(std::vector<std::string> args, const std::string& why) {
  args.insert(args.begin(), "bench");
  const ProgramRun run = program(args);
  EXPECT_EQ(run.status, 2) << run.out;
  EXPECT_EQ(run.out, "");
  expect_contains(run.err, why);
}

std::string toy_config(const TemporaryFolder& folder) {
  const std::string path = (folder / "toy.yaml").string();
  write_file(path,
             "model: {type: gpt, layers: 1, hidden: 32, heads: 2, context: 16, vocab: 64}\n"
             "batch: {sequences: 2}\n");
  return path;
}

TEST(Bench, TimesAnOpAndWritesTheFigures) {
  const TemporaryFolder folder;
  const std::string file = (folder / "figures.json").string();
  const ProgramRun run =
      program({"bench", "op", kOp, "--steps", "1", "--set", "device.threads=1", "--json", file});
  EXPECT_EQ(run.status, 0) << run.err;
  expect_contains(run.out, "GFLOP/s");
  expect_contains(read_file(file), "\"roofline_seconds\"");
}

/// Products of bf16 are widened below AVX-512: their roofline is that of f32, and is called so.
TEST(Bench, TheRooflineIsOfTheTypeThatRan) {
  const TemporaryFolder folder;
  const std::string config = toy_config(folder);
  // An instruction set is held for a whole process.
  const Ended run = shell(program_path() + " bench step " + config +
                          " --steps 1 --set precision.compute=bf16 --set device.isa=avx2");
  EXPECT_EQ(run.status, 0) << run.output;
  expect_contains(run.output, "GFLOP/s f32");
  EXPECT_EQ(run.output.find("GFLOP/s bf16"), std::string::npos) << run.output;
}

/// One process takes OMP_NUM_THREADS as many do, says so, and refuses what is no number; the config
/// goes first.
TEST(Bench, ThreadsOfTheEnvironmentAreHonoured) {
  const TemporaryFolder folder;
  const std::string config = toy_config(folder);
  const auto run = [&](const std::string& variable, const std::string& words = "") {
    return shell(variable + " " + program_path() + " bench train " + config + " --steps 1 " +
                 words);
  };
  expect_contains(run("OMP_NUM_THREADS=1").output, " 1 thread (OMP_NUM_THREADS)");
  expect_contains(run("OMP_NUM_THREADS=3,1").output, " 3 threads (OMP_NUM_THREADS)");
  expect_contains(run("OMP_NUM_THREADS=1", "--set device.threads=2").output, " 2 threads\n");
  const Ended many = run("OMP_NUM_THREADS=many");
  EXPECT_EQ(many.status, 2) << many.output;
  expect_contains(many.output, "OMP_NUM_THREADS=many: it is no number of threads");
  const Ended most = run("OMP_NUM_THREADS=60000");
  EXPECT_EQ(most.status, 2) << most.output;
  expect_contains(most.output, "device.threads overrides it");
}

TEST(Bench, FiguresThatCannotBeWrittenAreAnError) {
  const TemporaryFolder folder;
  for (const std::string& file : {std::string("/dev/full"), (folder / "no/folder").string()}) {
    const ProgramRun run = program({"bench", "op", kOp, "--steps", "1", "--json", file});
    EXPECT_EQ(run.status, 2) << file;
    expect_contains(run.err, "--json: " + file + " cannot be written: No s");
  }
  refuses({"op", kOp, "--json", ""}, "--json: name a file");
}

TEST(Bench, LoadsAModelOfAnotherProgram) {
  const TemporaryFolder folder;
  const std::string file = (folder / "figures.json").string();
  for (const char* family : {"gpt2", "bert"}) {
    const ProgramRun run = program(
        {"bench", "load", source_dir() + "/tests/golden/families/" + family, "--json", file});
    EXPECT_EQ(run.status, 0) << run.err;
    expect_contains(run.out, "GB of parameters in place after");
    expect_contains(read_file(file), "\"parameter_bytes\"");
  }
  refuses({"load", (folder / "nowhere").string()}, "nowhere");
}

TEST(Bench, AModeThatThereIsNotIsNamed) {
  refuses({"nosuch"}, "bench: there is no mode 'nosuch'; known: train, step, op");
  refuses({"--steps", "3", "trian", "a.yaml"}, "did you mean 'train'?");
  refuses({"train"}, "CONFIG is missing");
}

TEST(Bench, ADenseLayerNeedNotNameAnActivation) {
  EXPECT_EQ(program({"bench", "op", "linear(f32[64,32], f32[16,32])", "--steps", "1"}).status, 0);
}

TEST(Bench, NothingInAnOpIsIgnored) {
  refuses({"op", kOp + " junk"}, "'junk' follows the attributes of 'layer_norm(");
  refuses({"op", "relu(f32[4]) f32[4])"}, "'f32[4])' follows");
  refuses({"op", kOp, "--set", "model.hidden=3"}, "--set model.hidden=3 plays no part");
  refuses({"op", "layernorm(f32[4])"}, "there is no op 'layernorm'; did you mean 'layer_norm'?");
  refuses({"op", "qqqqqqqqqq(f32[4])"}, "there is no op 'qqqqqqqqqq'; there are: ");
  refuses({"op", "relu"}, "write the op as");
  refuses({"op", "relu(f32[64,32]) {foo=1}"}, "'foo' has no effect on relu");
  refuses({"op", "layer_norm(f32[4,8], f32[8], f32[8]) {eps=1e-05, epss=1}"},
          "'epss' has no effect on layer_norm; did you mean 'eps'?");
  refuses({"op", "softmax(f32[4,8])"}, "attribute 'dim' is missing");
}

}  // namespace
}  // namespace tessera
