// The card that the stand-ins of CUDA's libraries pretend to have. Its memory lies in a range of
// addresses that is closed to everybody except while work of a stream runs, so the host dies where
// it reads or writes there. Memory that was just given out holds rubbish.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace tessera::doubles {

/// What TESSERA_DOUBLES says, such as "cards=0" or "driver=12020,memory=1000000"; asked anew each
/// time, so that a test can change it.
struct Settings {
  int driver;  // the newest CUDA that it runs, such as 13000; 0: there is none
  int cards = 1;
  size_t memory = size_t{8} << 30;
  int capability = 90;
};
Settings settings();

/// Says on standard error which rule was broken.
void complain(const std::string& what);

/// Null when there is too little memory.
void* take_card_memory(size_t bytes);
/// False when no memory begins at that address.
bool give_card_memory(void* data);
size_t card_bytes();

void* take_pinned_memory(size_t bytes);
bool give_pinned_memory(void* data);

/// Whether `bytes` bytes from `data` on lie within one piece of the card's, or of pinned memory.
bool is_on_card(const void* data, size_t bytes);
bool is_pinned(const void* data, size_t bytes);

/// Runs `work`, which may touch the card's memory.
void on_card(const std::function<void()>& work);

}  // namespace tessera::doubles
