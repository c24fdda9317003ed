// Zip archives byte by byte, right ones and wrong ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/formats/gguf_bytes.h"

namespace tessera {

struct ZipMember {
  std::string name, bytes;
  uint16_t method = 0, flags = 0;
  std::string own_name = name;  // in the member's own header
};

struct ZipBytes {
  std::vector<ZipMember> members;
  bool zip64 = false;  // sizes and places in the records of zip64 alone

  std::string file(const std::string& comment = {}) const {
    std::string all, directory;
    for (const ZipMember& member : members) {
      const auto at = all.size(), size = member.bytes.size();
      const std::string kind = little(member.flags) + little(member.method) + little(uint32_t{0}) +
                               little(uint32_t{0});  // date, CRC
      const std::string sizes = small(size) + small(size);
      all += "PK\3\4" + little(uint16_t{45}) + kind + sizes;
      all += little(static_cast<uint16_t>(member.own_name.size())) + little(uint16_t{4});
      all += member.own_name + "FB" + std::string(2, '\0') + member.bytes;  // an empty extra field
      const std::string extra = zip64 ? little(uint16_t{1}) + little(uint16_t{24}) +
                                            little(uint64_t{size}) + little(uint64_t{size}) +
                                            little(uint64_t{at})
                                      : "";
      directory += "PK\1\2" + std::string(4, '\0') + kind + sizes;
      directory += little(static_cast<uint16_t>(member.name.size())) +
                   little(static_cast<uint16_t>(extra.size())) + std::string(10, '\0');
      directory += small(at) + member.name + extra;
    }
    const uint64_t place = all.size(), end = place + directory.size();
    all += directory;
    if (zip64)
      all += "PK\6\6" + little(uint64_t{44}) + std::string(20, '\0') +
             little(uint64_t{members.size()}) + little(uint64_t{directory.size()}) + little(place) +
             std::string("PK\6\7") + little(uint32_t{0}) + little(end) + little(uint32_t{1});
    all += std::string("PK\5\6") + std::string(6, '\0');
    all += little(static_cast<uint16_t>(zip64 ? 0xffff : members.size()));
    all += small(directory.size()) + small(place);
    return all + little(static_cast<uint16_t>(comment.size())) + comment;
  }

 private:
  std::string small(uint64_t number) const {
    return little(zip64 ? UINT32_MAX : static_cast<uint32_t>(number));
  }
};

}  // namespace tessera
