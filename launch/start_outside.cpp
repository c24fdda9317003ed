#include "launch/start_outside.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/comm/agreement.h"
#include "framework/core/error.h"
#include "launch/origin_files.h"
#include "launch/source.h"

namespace tessera {
namespace {

/// The run's tokenizer may have more ids than the model knew, but those that both have must be the
/// same.
void require_same_ids(const Tokenizer* theirs, const Tokenizer& ours, const std::string& from,
                      std::vector<std::string>& report) {
  if (!theirs) {
    report.push_back(fmt::format(
        "warning: {} has no tokenizer, so that nothing tells if its ids are those of this text",
        from));
    return;
  }
  if (theirs->fingerprint() == ours.fingerprint()) return;
  const int32_t both = std::min(theirs->vocab_size(), ours.vocab_size());
  for (int32_t id = 0; id < both; ++id)
    require(
        theirs->token(id) == ours.token(id),
        "init.from: {} was trained with another tokenizer than this text was tokenized with: id "
        "{} is '{}' there and '{}' here; tokenize the text with --tokenizer {}",
        from, id, theirs->token(id), ours.token(id), from);
}

}  // namespace

std::unique_ptr<TensorSource> start_outside(const Config& config, const Tokenizer& tokenizer,
                                            World* world, std::map<std::string, std::string>& files,
                                            std::vector<std::string>& report) {
  const std::string& from = config.init.from;
  const auto model = std::make_shared<const OutsideModel>(shipped_models(), from);
  if (world)
    require_same(*world, "the models to begin with", from + "\n" + model->original().dump(),
                 "Put init.from on a file system that all hosts share");
  require(config.init.optimizer == InitConfig::Optimizer::fresh,
          "init.optimizer: kept: {} holds no state of an optimizer; write fresh", from);
  report.insert(report.end(), model->notes().begin(), model->notes().end());
  require_same_ids(tokenizer_beside(from).get(), tokenizer, from, report);
  auto tensors = model->tensors(config, tokenizer.vocab_size());
  if (const int64_t rows = model->rows(); tokenizer.vocab_size() > rows)
    report.push_back(
        fmt::format("{} tokens are new: their rows begin as the mean of the {} that {} has",
                    tokenizer.vocab_size() - rows, rows, from));
  for (auto& [name, text] : to_files(origin_of(*model, *tensors))) files[name] = text;
  return tensors;
}

}  // namespace tessera
