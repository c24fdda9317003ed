// Communicator: a group of ranks that exchange tensors. A collective is started, and waited for
// when its result is needed; what happens in between overlaps the exchange. All ranks of a group
// start the same collectives in the same order, and a rank that is in several groups starts their
// collectives in one order that all ranks agree on (the order of the program).
//
// Reductions are deterministic: every element is summed in the order of the ranks, in f32 at least,
// and rounded once, so all ranks get the same bits, in every run.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/dtype.h"
#include "framework/core/reduction.h"

namespace tessera {

class Stream;

/// One exchange among the ranks of a group. The pieces of a list are exchanged as one message:
/// large and small tensors together, none of them copied. With n ranks and `count` the elements of
/// one rank's part, a piece is
///   all_reduce      in count, out count (may be the same memory)
///   all_gather      in count, out n · count: rank r's part is at r · count
///   reduce_scatter  in n · count, out count: the sum of all ranks' parts for this rank
///   all_to_all      in n · count, out n · count: part r of `in` goes to rank r, and what rank r
///                   sends is part r of `out`
///   broadcast       in count on `root`, out count on all ranks (may be the same memory)
///   shift           in count, out count: rank r's part goes to rank r + `offset`, and the result
///                   is what rank r - `offset` sends. The ranks are a closed ring: both numbers are
///                   modulo n, so that the ends exchange too. A chain with open ends is a shift
///                   whose result the first (or last) rank leaves unread
struct Collective {
  enum class Kind { all_reduce, all_gather, reduce_scatter, all_to_all, broadcast, shift };
  struct Piece {
    const void* in = nullptr;
    void* out = nullptr;
    int64_t count = 0;
  };
  /// A list of pieces that is made once; copies of a Pieces share the list.
  class Pieces {
   public:
    Pieces() = default;
    Pieces(std::initializer_list<Piece> pieces) : Pieces(std::vector<Piece>(pieces)) {}
    Pieces(std::vector<Piece> pieces)
        : list_(std::make_shared<const std::vector<Piece>>(std::move(pieces))), view_(*list_) {}

    size_t size() const { return view_.size(); }
    const Piece& operator[](size_t i) const { return view_[i]; }
    auto begin() const { return view_.begin(); }
    auto end() const { return view_.end(); }

   private:
    std::shared_ptr<const std::vector<Piece>> list_;
    std::span<const Piece> view_;
  };

  Kind kind = Kind::all_reduce;
  DType dtype = DType::f32;
  Reduction reduction = Reduction::sum;
  Pieces pieces = {};
  /// The type that travels: bf16 halves the bytes of an f32 sum; the sums themselves stay f32.
  DType wire = dtype;
  int root = 0;  // the rank whose elements a broadcast sends
  /// How many ranks further a shift sends the parts; a negative number sends them the other way, 0
  /// and n copy them.
  int offset = 1;
  /// What reports call the collective: the name of the graph's value. The text must stay, like the
  /// memory, until the collective has been waited for.
  std::string_view name = {};
  /// The stream that the collective takes part in: the collective reads what was put on the stream
  /// before its start, and what is put there after its wait reads its results. The memory is that
  /// of the stream's device, or the host's without a stream.
  const Stream* stream = nullptr;
};

std::string_view to_string(Collective::Kind kind);
/// "all_reduce of wte.gradient".
std::string title(const Collective& call);
/// The rank of a group of `size` whose part a shift brings to `rank`.
int shifted_from(const Collective& call, int rank, int size);
/// Throws InternalError unless a group of `size` ranks can exchange this.
void verify(const Collective& call, int size);

/// Ends the waits of a run that is over. The message names the rank that failed and says what
/// happened there.
class WorldAborted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Communicator {
 public:
  /// A started collective; its buffers must stay until it has been waited for.
  using Ticket = int64_t;

  Communicator();
  virtual ~Communicator();

  /// This rank's place in the group, and the number of ranks in the group.
  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Throws InternalError for a collective that no group of this size can exchange.
  Ticket start(Collective call);
  /// Returns when the collective is done here, or has its place on its stream. Tickets may be
  /// waited for in any order, each of them once.
  void wait(Ticket ticket);

  void run(Collective call) { wait(start(std::move(call))); }
  /// Returns when all ranks of the group have called it.
  void barrier();

 private:
  struct Staged;
  /// post and complete are the start and the wait of a transport. A transport that takes no part in
  /// streams is given only memory of the host, ready to be read: start and wait copy what lies
  /// elsewhere there and back.
  virtual Ticket post(Collective call) = 0;
  virtual void complete(Ticket ticket) = 0;
  virtual bool takes_part_in_streams() const { return false; }

  std::map<Ticket, std::unique_ptr<Staged>> staged_;
};

/// All ranks of a run and the hosts that they are on. A world must end before the library below it
/// (such as MPI) does.
class World {
 public:
  virtual ~World() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// The name of every rank's host.
  virtual const std::vector<std::string>& hosts() const = 0;

  /// Returns the group of these ranks, in this order, valid as long as the world is. Each of these
  /// ranks calls group(), in an order that all ranks agree on.
  virtual Communicator& group(std::span<const int64_t> ranks) = 0;
  /// The group of all ranks.
  Communicator& all();

  /// Gives the run up: from now on, waits end with WorldAborted on all ranks. When give_up()
  /// returns, no buffer of this rank is touched any more, so it must be called before buffers that
  /// are still exchanged are freed, as when an exception passes.
  virtual void give_up(std::string_view reason) = 0;

  /// Seconds so far in which a collective of this rank was under way, in whatever group, and
  /// seconds in which the rank stood still for a collective.
  struct Times {
    double total = 0, blocked = 0;
  };
  virtual Times times() const { return {}; }

  /// Why the run is over, as far as this rank knows; nothing while the run goes on.
  struct Verdict {
    std::string cause;
    /// Whether rank 0 knows the cause: rank 0 is this rank, or has told it.
    bool told_by_leader = false;
  };
  virtual std::optional<Verdict> verdict() const { return std::nullopt; }
};

}  // namespace tessera
