#include "framework/data/token_shards.h"

#include "framework/data/shard_writer.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

class DamagedShards : public testing::Test {
 protected:
  DamagedShards() {
    make_shards(folder_, {random_text(1, 100000), random_text(2, 30000), "tiny"});
    bytes_ = read_file(shard_);
    manifest_ = read_file(shards_ / "manifest.json");
  }
  void open() { TokenShards::open(shards_); }
  std::string error_with(const std::string& bytes) {
    write_file(shard_, bytes);
    return error_of([&] { open(); });
  }

  TemporaryFolder folder_;
  fs::path shards_ = folder_ / "shards";
  fs::path shard_ = shards_ / "tokens-00000.shard";
  std::string bytes_, manifest_;
};

TEST_F(DamagedShards, TruncationIsFoundAnywhere) {
  for (size_t size = 0; size < bytes_.size(); size += size < 100 ? 1 : 997)
    expect_contains(error_with(bytes_.substr(0, size)), "tokens-00000.shard: cut short");
  expect_contains(error_with(bytes_.substr(0, bytes_.size() - 1)), "cut short");
  expect_contains(error_with(bytes_ + "x"), "too long");
  write_file(shard_, bytes_);
  open();
}

TEST_F(DamagedShards, AFlippedBitIsFoundAnywhere) {
  const auto flipped = [&](size_t at) {
    std::string bytes = bytes_;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
    return error_with(bytes);
  };
  for (size_t at = 0; at < bytes_.size(); at += at < 64 ? 1 : 509)
    expect_contains(flipped(at), "tokens-00000.shard: ");
  for (size_t at = bytes_.size() - 100; at < bytes_.size(); ++at)
    expect_contains(flipped(at), "damaged");
}

TEST_F(DamagedShards, IdentityIsThatOfTheContents) {
  const std::string identity = TokenShards::open(shards_)->identity();
  expect_contains(identity, "130009 tokens in 3 documents, checksum ");
  fs::rename(shards_, folder_ / "elsewhere");
  EXPECT_EQ(TokenShards::open(folder_ / "elsewhere")->identity(), identity);
  make_shards(folder_, {random_text(1, 100000), random_text(2, 30000), "tinY"});
  const std::string other = TokenShards::open(shards_)->identity();
  EXPECT_NE(other, identity);
  EXPECT_EQ(other.substr(0, other.find(',')), identity.substr(0, identity.find(',')));
}

TEST_F(DamagedShards, LargeFoldersFindDamageWhenTheBlockIsRead) {
  std::string bytes = bytes_;
  bytes[kShardHeaderBytes + kShardBlockBytes + 5] ^= 4;
  write_file(shard_, bytes);
  const auto shards = TokenShards::open(shards_, /*verify_at_open=*/0);
  std::vector<int32_t> ids(100);
  shards->read(0, ids);
  shards->read(kShardBlockBytes / 2 - 100, ids);
  expect_contains(error_of([&] { shards->read(kShardBlockBytes / 2 - 50, ids); }), "damaged");
  expect_contains(error_of([&] { shards->verify(); }), "damaged");
}

TEST_F(DamagedShards, MagicAndVersionAreNamed) {
  std::string bytes = bytes_;
  bytes[0] = 'X';
  expect_contains(error_with(bytes), "not a token shard");
  bytes = bytes_;
  bytes[8] = 9;
  expect_contains(error_with(bytes), "shard format 9, but this program reads format 1");
}

TEST_F(DamagedShards, MissingFilesAreNamed) {
  fs::remove(shard_);
  expect_contains(error_of([&] { open(); }),
                  "tokens-00000.shard: missing, but manifest.json lists it; copy it again or");
  fs::create_directory(shard_);
  expect_contains(error_of([&] { open(); }),
                  "tokens-00000.shard: not a regular file, but manifest.json lists it; copy it");
  fs::remove(shards_ / "manifest.json");
  expect_contains(error_of([&] { open(); }), "holds no tokenized text");
  fs::remove_all(shards_);
  expect_contains(error_of([&] { open(); }), "no such folder");
  write_file(shards_, "text");
  expect_contains(error_of([&] { open(); }), "shards: is a file; name a folder of token shards");
}

TEST_F(DamagedShards, AShardOfAnotherRunIsRefused) {
  const TemporaryFolder other;
  make_shards(other, {random_text(9, 100000), random_text(8, 30000), "tiny"});
  expect_contains(error_with(read_file(other / "shards" / "tokens-00000.shard")),
                  "not the shard that manifest.json lists");
}

TEST_F(DamagedShards, ManifestTruncatedOrChanged) {
  const auto path = shards_ / "manifest.json";
  for (size_t size = 0; size + 2 < manifest_.size(); ++size) {
    write_file(path, manifest_.substr(0, size));
    expect_contains(error_of([&] { open(); }), "manifest.json: damaged");
  }
  write_file(path, manifest_ + '\0');
  expect_contains(error_of([&] { open(); }), "manifest.json: damaged");
  const ShardManifest intact = parse_shard_manifest(manifest_, "manifest");
  for (size_t at = 0; at < manifest_.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = manifest_;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      try {  // white space and the case of a checksum's letters may change; what it says may not
        EXPECT_EQ(parse_shard_manifest(changed, "manifest"), intact) << changed;
      } catch (const UserError&) {
      }
    }
  }
  EXPECT_EQ(to_text(intact), manifest_);
}

TEST_F(DamagedShards, ManifestVersionAndFormatAreNamed) {
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = manifest_;
    text.replace(text.find(from), from.size(), to);
    write_file(shards_ / "manifest.json", text);
    return error_of([&] { open(); });
  };
  expect_contains(replaced("\"version\": 1", "\"version\": 2"), "format 2, but this program reads");
  expect_contains(replaced("tessera-tokens", "other-tokens"), "not a manifest of token shards");
  expect_contains(replaced("tessera-tokens", "tessera-checkpoint"),
                  "of a checkpoint, not of token");
  expect_contains(replaced("\"byte\"", "\"bite\""), "damaged");
}

TEST_F(DamagedShards, IdsOutsideTheVocabularyAreRefused) {
  fs::remove(shard_);
  ShardWriter writer(shard_, 2, Tokenizer(ByteTokenizer{}).fingerprint());
  writer.begin_document();
  const std::vector<int32_t> ids = {256, 261};
  writer.append(ids);
  ShardManifest manifest = parse_shard_manifest(manifest_, "manifest");
  manifest.shards[0] = {"tokens-00000.shard", 2, 1, 0, writer.finish()};
  write_file(shards_ / "manifest.json", to_text(manifest));
  expect_contains(error_of([&] { open(); }), "holds the id 261, but its tokenizer has 261 tokens");
}

TEST_F(DamagedShards, ATableOfDocumentsThatContradictsItselfIsRefused) {
  ShardManifest manifest = parse_shard_manifest(manifest_, "manifest");
  ShardHeader header = decode_shard_header(std::as_bytes(std::span(bytes_)), "shard");
  const ShardLayout layout = shard_layout(header);
  // The bytes are sealed with valid checksums, so that nothing but the table itself is wrong.
  const auto open_with = [&](size_t entry, int64_t change) {
    std::string bytes = bytes_;
    uint64_t value = 0;
    std::memcpy(&value, bytes.data() + layout.documents + 8 * entry, 8);
    value += static_cast<uint64_t>(change);
    std::memcpy(bytes.data() + layout.documents + 8 * entry, &value, 8);
    header.index_checksum =
        shard_checksum(std::as_bytes(std::span(bytes)).subspan(layout.documents));
    const auto encoded = encode_shard_header(header);
    std::memcpy(bytes.data(), encoded.data(), encoded.size());
    write_file(shard_, bytes);
    manifest.shards[0].checksum = shard_header_checksum(encoded);
    write_file(shards_ / "manifest.json", to_text(manifest));
    open();
  };
  open_with(1, 0);
  const auto last = static_cast<int64_t>(header.token_count);
  for (const auto& [entry, change] : std::vector<std::pair<size_t, int64_t>>{
           {0, 1}, {1, last}, {1, -last}, {2, last}, {3, 1}, {3, -1}, {3, last}})
    expect_contains(error_of([&] { open_with(entry, change); }), "contradicts itself");
}

TEST_F(DamagedShards, AModelVocabularyThatIsTooSmallIsRefused) {
  const auto shards = TokenShards::open(shards_);
  shards->require_vocab(261);
  shards->require_vocab(512);
  expect_contains(error_of([&] { shards->require_vocab(256); }),
                  "set the model's vocabulary to at least 261");
}

TEST(ShardWriter, WideTokensRoundTrip) {
  const TemporaryFolder folder;
  ShardWriter writer(folder / "wide", 4, 7);
  writer.begin_document();
  const std::vector<int32_t> ids = {0, 70000, 2147483647};
  writer.append(ids);
  writer.finish();
  const std::string bytes = read_file(folder / "wide");
  const ShardHeader header = decode_shard_header(std::as_bytes(std::span(bytes)), "wide");
  EXPECT_EQ(header.token_bytes, 4u);
  EXPECT_EQ(header.token_count, 3u);
  EXPECT_EQ(shard_layout(header).file_bytes, bytes.size());
  EXPECT_EQ(std::memcmp(bytes.data() + kShardHeaderBytes, ids.data(), 12), 0);
}

TEST(ShardWriter, RefusesATokenThatDoesNotFit) {
  const TemporaryFolder folder;
  ShardWriter writer(folder / "narrow", 2, 7);
  writer.begin_document();
  EXPECT_THROW(writer.append(std::vector<int32_t>{65536}), InternalError);
  EXPECT_THROW(writer.append(std::vector<int32_t>{-1}), InternalError);
}

}  // namespace
}  // namespace tessera
