#include "diagnose/investigations/shared_source.h"

#include <optional>
#include <vector>

namespace tocsin::diagnose {

struct SharedSource::Look {
  std::optional<Result<std::vector<incidents::Evidence>>> answer;
  std::vector<Done> waiting;

  void take(Result<std::vector<incidents::Evidence>> found) {
    answer = std::move(found);
    for (Done& done : std::exchange(waiting, {})) done(*answer);
  }
};

void SharedSource::gather(const Request& request, Done done) {
  Looks& looks = looks_[request.scope];
  const Instant now = state_.now();
  while (!looks.begun.empty() && now - looks.begun.front() > shared_for) looks.begun.pop_front();
  if (looks.begun.size() >= own_looks_max) {
    if (looks.newest->answer) return done(*looks.newest->answer);
    return looks.newest->waiting.push_back(std::move(done));
  }
  looks.begun.push_back(now);
  looks.newest = std::make_shared<Look>();
  looks.newest->waiting.push_back(std::move(done));
  // it may be told from any thread
  source_.gather(request, [&executor = state_.executor(), look = looks.newest](Result<std::vector<incidents::Evidence>> found) {
    executor.post([look, found = std::move(found)]() mutable { look->take(std::move(found)); });
  });
}

}  // namespace tocsin::diagnose
