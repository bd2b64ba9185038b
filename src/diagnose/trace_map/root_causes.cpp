#include "diagnose/trace_map/root_causes.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::diagnose {
namespace {

constexpr std::size_t causes_max = 20;
constexpr std::size_t steps_max = 100;
constexpr std::size_t services_max = 30;
// what takes less of its caller's time than this does not explain it
constexpr double share_min = 0.5;

std::vector<CauseException> exceptions_of(const TraceEntity& entity) {
  std::vector<CauseException> out;
  for (const Document& exception : array_at(object_at(*entity.document, "cause"), "exceptions"))
    out.push_back({text_or(exception, "type"), text_or(exception, "message")});
  return out;
}

bool is_to_blame(const TraceEntity& entity, CauseKind kind) { return kind == CauseKind::fault ? entity.fault : entity.error; }

class Search {
 public:
  Search(const Trace& trace, CauseKind kind) : trace_(trace), kind_(kind) {}

  std::vector<RootCause> run() {
    for (const TraceSegment& segment : trace_.segments) {
      if (segment.caller != TraceSegment::none || !concerns(segment.entity)) continue;
      root_s_ = segment.entity.seconds();
      way_ = {.services = {}, .client_impacting = kind_ == CauseKind::response_time || is_to_blame(segment.entity, kind_)};
      steps_ = 0;
      enter(segment);
    }
    return std::move(found_);
  }

 private:
  // of a handled fault the root knows nothing
  bool concerns(const TraceEntity& entity) const {
    if (kind_ == CauseKind::response_time) return entity.seconds() > 0;
    bool any = false;
    each_entity(entity, [&](const TraceEntity& each) { any |= is_to_blame(each, kind_); });
    return any;
  }

  const TraceSegment* called_by(const TraceEntity& call) const {
    const auto found = std::ranges::find_if(
        trace_.segments, [&](const TraceSegment& segment) { return segment.entity.parent_id == call.id && &segment.entity != &call; });
    return found == trace_.segments.end() ? nullptr : &*found;
  }

  void enter(const TraceSegment& segment) {
    way_.services.push_back({segment.entity.name, segment.type, segment.account, segment.inferred, {}});
    walk(segment.entity);
    way_.services.pop_back();
  }

  // which of the children go on with it
  std::vector<const TraceEntity*> next_of(const TraceEntity& entity) const {
    std::vector<const TraceEntity*> out;
    if (kind_ == CauseKind::response_time) {
      const auto longest = std::ranges::max_element(entity.children, {}, &TraceEntity::seconds);
      if (longest != entity.children.end() && longest->seconds() >= share_min * entity.seconds()) out.push_back(&*longest);
    } else {
      for (const TraceEntity& child : entity.children)
        if (concerns(child)) out.push_back(&child);
    }
    return out;
  }

  void walk(const TraceEntity& entity) {
    if (++steps_ > steps_max || found_.size() >= causes_max) return;
    way_.services.back().path.push_back(
        {entity.name, entity.space == "remote", exceptions_of(entity), root_s_ > 0 ? std::clamp(entity.seconds() / root_s_, 0.0, 1.0) : 0});
    const std::vector<const TraceEntity*> next = next_of(entity);
    const TraceSegment* called = called_by(entity);
    const bool goes_down =
        called && way_.services.size() < services_max &&
        (kind_ != CauseKind::response_time ? concerns(called->entity) : called->entity.seconds() >= share_min * entity.seconds());
    if (goes_down)
      enter(*called);
    else if (next.empty())
      found_.push_back(way_);
    else
      for (const TraceEntity* child : next) walk(*child);
    way_.services.back().path.pop_back();
  }

  const Trace& trace_;
  const CauseKind kind_;
  RootCause way_;
  double root_s_ = 0;
  std::size_t steps_ = 0;
  std::vector<RootCause> found_;
};

}  // namespace

std::vector<RootCause> root_causes(const Trace& trace, CauseKind kind) { return Search(trace, kind).run(); }

}  // namespace tocsin::diagnose
