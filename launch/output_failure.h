// What a failure to print means: the reader of a pipe is gone, as `head` leaves early, or the place
// that standard output leads to cannot take more.
#pragma once

namespace tessera {

/// Whether printing has failed.
bool output_has_failed();

/// Ends the process by SIGPIPE, as programs end whose reader is gone, when standard output leads to
/// a pipe that nobody reads any more and printing has failed for that. Returns otherwise.
void end_if_reader_is_gone();

}  // namespace tessera
