#include "launch/rates.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"

namespace tessera {
namespace {

const Mesh kMesh({{"dp", 4}, {"tp", 2}});

TEST(Rates, ReadsLinksByAxis) {
  const Rates rates = parse_rates("1.5TFLOP/s", "tp=20GB/s:5us,dp=1Gbit/s:50us", kMesh, 2);
  EXPECT_DOUBLE_EQ(rates.flops, 1.5e12);
  EXPECT_DOUBLE_EQ(rates.links.at("tp").bytes_per_second, 20e9);
  EXPECT_DOUBLE_EQ(rates.links.at("tp").latency, 5e-6);
  EXPECT_DOUBLE_EQ(rates.links.at("dp").bytes_per_second, 125e6);
  EXPECT_DOUBLE_EQ(rates.links.at("dp").latency, 50e-6);
}

// Four ranks of dp on hosts of two ranks: the two tp ranks of a host share its link. On hosts of
// four, two of a group are there: of the three others each rank sends to, two are elsewhere, and
// four ranks share.
TEST(Rates, SharesAHostsLinkAmongItsRanks) {
  const char* links = "intra=20GB/s:5us,inter=1GB/s:50us";
  for (const auto& [per_host, share] :
       {std::pair<int64_t, double>{0, 3.0 / (3 * 2)}, {2, 3.0 / (3 * 2)}, {4, 3.0 / (2 * 4)}}) {
    const Rates rates = parse_rates("1GFLOP/s", links, kMesh, per_host);
    EXPECT_DOUBLE_EQ(rates.links.at("tp").bytes_per_second, 20e9);
    EXPECT_DOUBLE_EQ(rates.links.at("dp").bytes_per_second, 1e9 * share);
  }
  EXPECT_DOUBLE_EQ(parse_rates("1GFLOP/s", links, kMesh, 8).links.at("dp").bytes_per_second, 20e9);
  EXPECT_DOUBLE_EQ(parse_rates("1GFLOP/s", links, kMesh, 1).links.at("tp").bytes_per_second, 1e9);
}

TEST(Rates, RefusesWhatItCannotRead) {
  const auto error = [](const std::string& flops, const std::string& links) -> std::string {
    try {
      parse_rates(flops, links, kMesh, 2);
    } catch (const UserError& e) {
      return e.what();
    }
    return "";
  };
  for (const auto& [flops, links] :  // times that are no numbers
       {std::pair{"1e-300FLOP/s", "dp=1GB/s:1us"},
        {"1GFLOP/s", "dp=1e-300B/s:1us"},
        {"1GFLOP/s", "dp=1GB/s:1e300s"},
        {"1e300PFLOP/s", "dp=1GB/s:1us"}})
    EXPECT_NE(error(flops, links).find("is no such figure"), std::string::npos) << flops << links;
  const std::string links = "tp=20GB/s:5us,dp=1Gbit/s:50us";
  for (const char* flops : {"", "100", "-1GFLOP/s", "0GFLOP/s", "1GFLOPS", "nanGFLOP/s"})
    EXPECT_NE(error(flops, links).find("plan: --flops: "), std::string::npos) << flops;
  for (const char* bad : {"tp", "tp=1GB/s", "tp=1GB/s:5us,", "=1GB/s:5us", "tp=1:5us",
                          "tp=0GB/s:5us", "tp=1GB/s:-5us", "tp=1GB/s:5", "tp=1GB/s:5us:1us"})
    EXPECT_NE(error("1GFLOP/s", bad).find("plan: --links"), std::string::npos) << bad;
  EXPECT_NE(error("1GFLOP/s", links + ",tp=1GB/s:1us").find("names tp twice"), std::string::npos);
  EXPECT_NE(error("1GFLOP/s", links + ",pp=1GB/s:1us").find("pp"), std::string::npos);
  EXPECT_NE(error("1GFLOP/s", "").find("says nothing of the axis dp"), std::string::npos);
  EXPECT_NE(error("1GFLOP/s", "inter=1GB/s:1us").find("add tp=… or intra=…"), std::string::npos);
}

}  // namespace
}  // namespace tessera
