// The NVIDIA driver and the cards that it shows to this process.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "framework/device/kernel_library.h"

namespace tessera::cuda {

/// The number of cards that this process may see, one at least. Throws UserError when there is no
/// driver, when it is older than the toolkit that this plug-in was built with, and when there is
/// no card.
int require_cards();

struct Card {
  std::string model;
  size_t free_bytes;        // now
  int compute_capability;   // 90 for 9.0
  int multiprocessors;      // which its blocks of threads share
  double bytes_per_second;  // of its memory, stated by the maker, read and written together
};

/// What a card is.
Card look_at_card(int number);

/// "8.0" for 80.
std::string capability_text(int compute_capability);

/// Lines about driver and cards, also where there are none.
std::vector<Fact> driver_facts();

}  // namespace tessera::cuda
