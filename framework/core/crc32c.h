// CRC-32C (Castagnoli; polynomial 0x1EDC6F41, reflected), and the masked form that TFRecord files
// carry: the sum rotated right by 15 bits plus 0xa282ead8, which keeps the checksum of bytes that
// contain checksums useful.
#pragma once

#include <cstdint>
#include <string_view>

namespace tessera {

uint32_t crc32c(std::string_view bytes);
uint32_t masked_crc32c(std::string_view bytes);

}  // namespace tessera
