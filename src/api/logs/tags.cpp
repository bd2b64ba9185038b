// Tags of log groups, kept with the group, and of other resources, kept by their ARN.
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/operations.h"
#include "api/logs/setting_operations.h"
#include "model/arn.h"

namespace tocsin::api::logs {
namespace {

namespace log_setting = telemetry::log_setting;
constexpr std::size_t tags_max = 50;

using Tags = std::map<std::string, std::string>;

/// A log group's, or those of a setting that the ARN names.
class Tagged {
 public:
  static Checked<Tagged> of(LogRooms& rooms, const Call& call, const std::string& arn) {
    Tagged tagged(rooms, call, arn);
    if (const std::string name = group_name_of(arn); name != arn) {
      auto group = group_named(rooms.store, call.scope, name);
      if (!group) return refuse("ResourceNotFoundException", "The specified resource does not exist.");
      tagged.group_ = (*group)->id;
      tagged.tags = (*group)->tags;
      return tagged;
    }
    const auto parsed = parse_arn(arn);
    const std::size_t colon = parsed ? parsed->resource.find(':') : std::string::npos;
    if (!parsed || parsed->service != "logs" || colon == std::string::npos) return invalid_parameter("Invalid resource ARN: " + arn);
    const std::string kind = parsed->resource.substr(0, colon), name = parsed->resource.substr(colon + 1);
    if (!rooms.settings.get(kind, call.scope, "", name))
      return refuse("ResourceNotFoundException", "The specified resource does not exist.");
    for (const auto& [key, value] : tags_of(rooms.settings, call.scope, arn)) tagged.tags[key] = value.get_string();
    return tagged;
  }

  Reply keep() {
    if (tags.size() > tags_max) return refuse("TooManyTagsException", "A resource can have no more than 50 tags.");
    if (group_) {
      if (auto done = rooms_.store.set_tags(*group_, tags); !done) return to_service_error(done.error());
    } else {
      put_tags(rooms_.settings, call_.scope, arn_, document());
    }
    return Object{};
  }

  Object document() const {
    Object object;
    for (const auto& [key, value] : tags) object[key] = value;
    return object;
  }

  Tags tags;

 private:
  Tagged(LogRooms& rooms, const Call& call, std::string arn) : rooms_(rooms), call_(call), arn_(std::move(arn)) {}
  LogRooms& rooms_;
  const Call& call_;
  std::string arn_;
  std::optional<telemetry::LogGroupId> group_;
};

Checked<Tagged> of_group(LogRooms& rooms, const Call& call) {
  return Tagged::of(rooms, call, make_arn("logs", call.scope, "log-group:" + text_or(call.input, "logGroupName")));
}

Reply add(Checked<Tagged> tagged, const Call& call) {
  if (!tagged) return std::unexpected(tagged.error());
  for (const auto& [key, value] : object_at(call.input, "tags")) tagged->tags[key] = value.get_string();
  return tagged->keep();
}

Reply remove(Checked<Tagged> tagged, const Array& keys) {
  if (!tagged) return std::unexpected(tagged.error());
  for (const Document& key : keys) tagged->tags.erase(std::string(key.get_string()));
  return tagged->keep();
}

Reply show(const Checked<Tagged>& tagged) {
  if (!tagged) return std::unexpected(tagged.error());
  return Object{{"tags", tagged->document()}};
}

}  // namespace

Reply tag_resource(LogRooms& rooms, const Call& call) { return add(Tagged::of(rooms, call, text_or(call.input, "resourceArn")), call); }
Reply untag_resource(LogRooms& rooms, const Call& call) {
  return remove(Tagged::of(rooms, call, text_or(call.input, "resourceArn")), array_at(call.input, "tagKeys"));
}
Reply list_tags_for_resource(LogRooms& rooms, const Call& call) {
  return show(Tagged::of(rooms, call, text_or(call.input, "resourceArn")));
}

Reply tag_log_group(LogRooms& rooms, const Call& call) { return add(of_group(rooms, call), call); }
Reply untag_log_group(LogRooms& rooms, const Call& call) { return remove(of_group(rooms, call), array_at(call.input, "tags")); }
Reply list_tags_log_group(LogRooms& rooms, const Call& call) { return show(of_group(rooms, call)); }

}  // namespace tocsin::api::logs
