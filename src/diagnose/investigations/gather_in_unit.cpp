#include "diagnose/investigations/gather_in_unit.h"

#include <memory>

namespace tocsin::diagnose {

void gather_in_unit(storage::StateExecutor& state, std::function<std::vector<incidents::Evidence>()> look, incidents::EvidenceSource::Done done) {
  auto found = std::make_shared<std::vector<incidents::Evidence>>();
  state.submit_behind(
      [look = std::move(look), found]() -> Result<void> {
        *found = look();
        return {};
      },
      [found, done = std::move(done)](Result<void> result) mutable {
        if (!result) return done(std::unexpected(result.error()));
        done(std::move(*found));
      });
}

}  // namespace tocsin::diagnose
