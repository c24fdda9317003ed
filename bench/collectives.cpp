// Tessera's all_reduce beside MPI's own, by turns, medians:
//   mpirun -n 2 --bind-to core build/release/bench_collectives [--messages]
// GB/s are bytes of the tensor, of one rank, over the time until the slowest rank has the result.
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

#include "framework/comm/mpi.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

template <typename Body>
double seconds_of(Communicator& all, const Body& body) {
  all.barrier();
  const auto begin = std::chrono::steady_clock::now();
  body();
  double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  all.run({.dtype = DType::f64, .reduction = Reduction::max, .pieces = {{&time, &time, 1}}});
  return time;
}

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

/// MPI's own all_reduce, called from this thread: the world's thread calls nothing while nothing is
/// under way.
void mpi_all_reduce(std::vector<Collective::Piece> pieces) {
  std::vector<MPI_Request> requests(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i)
    MPI_Iallreduce(pieces[i].in, pieces[i].out, static_cast<int>(pieces[i].count), MPI_FLOAT,
                   MPI_SUM, MPI_COMM_WORLD, &requests[i]);
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
}

void measure(Communicator& all, const char* name, const std::vector<int64_t>& counts,
             int repetitions) {
  int64_t total = 0;
  for (const int64_t count : counts) total += count;
  std::vector<float> in(static_cast<size_t>(total), 1.0F), out(static_cast<size_t>(total));
  std::vector<Collective::Piece> pieces;
  int64_t begin = 0;
  for (const int64_t count : counts) {
    pieces.push_back({in.data() + begin, out.data() + begin, count});
    begin += count;
  }
  const auto ours = [&](DType wire) {
    std::vector<Communicator::Ticket> tickets;
    if (total < 1 << 16) {
      all.run({.pieces = pieces, .wire = wire});
      return;
    }
    for (const Collective::Piece& piece : pieces)
      tickets.push_back(all.start({.pieces = {piece}, .wire = wire}));
    for (const auto ticket : tickets) all.wait(ticket);
  };
  std::vector<double> f32, bf16, mpi;
  for (int i = 0; i < repetitions + 1; ++i) {
    const double times[] = {seconds_of(all, [&] { ours(DType::f32); }),
                            seconds_of(all, [&] { ours(DType::bf16); }),
                            seconds_of(all, [&] { mpi_all_reduce(pieces); })};
    if (i == 0) continue;
    f32.push_back(times[0]);
    bf16.push_back(times[1]);
    mpi.push_back(times[2]);
  }
  const auto cell = [&](const std::vector<double>& times) {
    const double time = median(times);
    return fmt::format("{:9.3f} ms {:6.2f} GB/s", time * 1e3, double(total) * 4 / time / 1e9);
  };
  if (all.rank() == 0) fmt::print("{:>16}  {}  {}  {}\n", name, cell(f32), cell(bf16), cell(mpi));
  std::fflush(stdout);
}

void run(const MpiOptions& options) {
  const std::unique_ptr<World> world = make_mpi_world(options);
  Communicator& all = world->all();
  if (all.rank() == 0)
    fmt::print("{:>16}  {:>24}  {:>24}  {:>24}\n", fmt::format("{} ranks, f32", all.size()),
               "all_reduce", "bf16 on the wire", "MPI_Iallreduce");
  measure(all, "150 scalars", std::vector<int64_t>(150, 1), 101);
  measure(all, "4 KiB", {1 << 10}, 101);
  measure(all, "64 KiB", {16 << 10}, 101);
  measure(all, "1 MiB", {256 << 10}, 51);
  measure(all, "16 MiB", {4 << 20}, 15);
  measure(all, "64 MiB", {16 << 20}, 9);
  measure(all, "500 MB by 64 MiB",
          {16 << 20, 16 << 20, 16 << 20, 16 << 20, 16 << 20, 16 << 20, 16 << 20, 7'559'488}, 5);
}

}  // namespace
}  // namespace tessera

int main(int arguments, char** argument) {
  tessera::MpiOptions options;
  if (arguments > 1 && std::strcmp(argument[1], "--messages") == 0) options.shared_memory = false;
  try {
    tessera::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
