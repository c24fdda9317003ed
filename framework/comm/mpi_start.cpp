// How an MPI world starts: which ranks there are and on which hosts, which of them can share
// memory, and where rank 0 listens.
#include <mpi.h>

#include <cstring>
#include <vector>

#include "framework/comm/mpi_world.h"
#include "framework/comm/self.h"
#include "framework/core/error.h"
#include "framework/core/log.h"

namespace tessera {

void MpiWorld::begin(const MpiOptions& options) {
  int granted = 0;
  // MPI that cannot start ends the process itself, with its own words. MPI_THREAD_FUNNELED would be
  // enough; MPI_THREAD_SERIALIZED lets a program call MPI while nothing is under way here.
  require_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &granted),
              "MPI_Init_thread");
  require(granted >= MPI_THREAD_FUNNELED, "this MPI does not allow threads at all");
  require_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &communicator_), "MPI_Comm_dup");
  require_mpi(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  require_mpi(MPI_Comm_rank(communicator_, &rank_), "MPI_Comm_rank");
  require_mpi(MPI_Comm_size(communicator_, &size_), "MPI_Comm_size");
  void* last = nullptr;
  int known = 0;
  require_mpi(MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &last, &known), "MPI_TAG_UB");
  if (known) last_tag_ = static_cast<uint64_t>(*static_cast<int*>(last));
  constexpr int length = 256;
  std::vector<char> names(static_cast<size_t>(length * size_));
  std::string name = host_name();
  name.resize(length - 1);
  require_mpi(
      MPI_Allgather(name.c_str(), length, MPI_CHAR, names.data(), length, MPI_CHAR, communicator_),
      "the exchange of host names");
  for (int r = 0; r < size_; ++r) hosts_.emplace_back(names.data() + r * length);
  const bool slow = share_memory(options);
  open_control(options);
  if (slow)
    log::warn(
        "the ranks of this host cannot share memory with each other and use messages, which is "
        "slower");
}

bool MpiWorld::share_memory(const MpiOptions& options) {
  if (!options.shared_memory) return false;
  MPI_Comm host = MPI_COMM_NULL;
  require_mpi(MPI_Comm_split_type(communicator_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &host),
              "MPI_Comm_split_type");
  if (options.ranks_per_host > 0) {
    MPI_Comm part = MPI_COMM_NULL;
    require_mpi(MPI_Comm_split(host, rank_ / options.ranks_per_host, rank_, &part),
                "MPI_Comm_split");
    MPI_Comm_free(&host);
    host = part;
  }
  int count = 0;
  require_mpi(MPI_Comm_size(host, &count), "MPI_Comm_size");
  struct Card {
    int64_t rank = 0;
    SharedSegment::Address address;
  };
  const Card mine{rank_, own_.address()};
  std::vector<Card> cards(static_cast<size_t>(count));
  require_mpi(
      MPI_Allgather(&mine, sizeof(Card), MPI_BYTE, cards.data(), sizeof(Card), MPI_BYTE, host),
      "the exchange of addresses of shared memory");
  int good = 1, all_good = 0;
  for (const Card& card : cards) {
    if (card.rank == rank_) continue;
    std::optional<SharedSegment> segment = SharedSegment::open(card.address);
    if (segment) {
      neighbours_.emplace(card.rank, std::move(*segment));
    } else {
      good = 0;
    }
  }
  require_mpi(MPI_Allreduce(&good, &all_good, 1, MPI_INT, MPI_MIN, host), "MPI_Allreduce");
  MPI_Comm_free(&host);
  if (all_good) return false;
  neighbours_.clear();
  return rank_ == cards.front().rank;
}

void MpiWorld::open_control(const MpiOptions& options) {
  if (size_ == 1) return;
  std::unique_ptr<ControlListener> listener;
  ControlAddress address;
  if (rank_ == 0) {
    listener = std::make_unique<ControlListener>(own_.address().key);
    address = listener->address();
  }
  require_mpi(MPI_Bcast(&address, sizeof(address), MPI_BYTE, 0, communicator_),
              "the exchange of the control channel's address");
  Control::Options control{.rank = rank_,
                           .hosts = hosts_,
                           .limits = options.limits,
                           .beat = [this] { return beat(); },
                           .over = [this](const std::string& reason) { fail(reason); },
                           .warn = log::print_warning};
  control_ = listener ? std::make_unique<Control>(std::move(control), std::move(listener))
                      : std::make_unique<Control>(std::move(control), address);
  log::relay_warnings([this](const std::string& text) { control_->warn(text); });
}

}  // namespace tessera
