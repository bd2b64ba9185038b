#include <algorithm>
#include <boost/json.hpp>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"

namespace tocsin::api::xray {
namespace {

using diagnose::TraceSetting;

constexpr std::size_t policies_max = 5;
constexpr std::size_t policy_bytes_max = 5 * 1024;
constexpr std::size_t tags_max = 50;
constexpr const char* only = "default";  // of what there is one

/// Whether something of ours has that ARN.
bool is_known(const Rooms& rooms, const Call& call, const std::string& arn) {
  if (rooms.groups.find(call.scope, {}, arn)) return true;
  const std::string prefix = telemetry::SamplingRules::arn(call.scope, "");
  return arn.starts_with(prefix) && rooms.sampling.find(call.scope, arn.substr(prefix.size()));
}

std::unexpected<ServiceError> no_resource(const std::string& arn) {
  ServiceError error{"ResourceNotFoundException", "Resource not found: " + arn, 0, {}};
  error.members["ResourceName"] = arn;
  return std::unexpected(std::move(error));
}

Array tags_of(const Rooms& rooms, const Call& call, const std::string& arn) {
  auto kept = rooms.settings.find(call.scope, TraceSetting::tags, arn);
  return kept && kept->is_array() ? std::move(kept->get_array()) : Array{};
}

void erase_tag(Array& tags, const std::string& key) {
  const auto found = std::ranges::find_if(tags, [&](const Document& tag) { return text_or(tag, "Key") == key; });
  if (found != tags.end()) tags.erase(found);
}

Object indexing_rule(const Rooms& rooms, const Call& call) {
  const auto kept = rooms.settings.find(call.scope, TraceSetting::indexing_rule, "Default");
  const Document* percentage = kept ? find(*kept, "percentage") : nullptr;
  const double desired = percentage ? as_number(*percentage).value_or(100) : 100;
  Object out{{"Name", "Default"},
             {"Rule", Object{{"Probabilistic", Object{{"DesiredSamplingPercentage", desired}, {"ActualSamplingPercentage", 100.0}}}}}};
  if (kept) out["ModifiedAt"] = integer_or(*kept, "modified", 0);
  return out;
}

}  // namespace

Reply get_encryption_config(const Rooms& rooms, const Call& call) {
  auto kept = rooms.settings.find(call.scope, TraceSetting::encryption, only);
  return Object{{"EncryptionConfig", kept ? *kept : Document(Object{{"Status", "ACTIVE"}, {"Type", "NONE"}})}};
}

// the key is kept and shown; what is stored lies on this machine's disk either way
Reply put_encryption_config(const Rooms& rooms, const Call& call) {
  const std::string type = text_or(call.input, "Type"), key = text_or(call.input, "KeyId");
  if (type == "KMS" && key.empty()) return invalid("KeyId must be specified when Type is KMS");
  if (type == "NONE" && !key.empty()) return invalid("KeyId must not be specified when Type is NONE");
  Object config{{"Status", "ACTIVE"}, {"Type", type}};
  if (!key.empty()) config["KeyId"] = key;
  rooms.settings.put(call.scope, TraceSetting::encryption, only, config);
  return Object{{"EncryptionConfig", std::move(config)}};
}

Reply put_resource_policy(const Rooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "PolicyName"), text = text_or(call.input, "PolicyDocument");
  if (text.size() > policy_bytes_max) return refuse("PolicySizeLimitExceededException", "The policy document is longer than 5 KB.");
  const auto document = parse_json(text);
  if (!document || !document->is_object() || !find(*document, "Statement"))
    return refuse("MalformedPolicyDocumentException", "The policy document is not valid.");
  const auto known = rooms.settings.find(call.scope, TraceSetting::resource_policy, name);
  const std::string revision = known ? text_or(*known, "PolicyRevisionId") : "0";
  if (const auto wanted = text_at(call.input, "PolicyRevisionId"); wanted && *wanted != revision)
    return refuse("InvalidPolicyRevisionIdException", "The policy revision id does not match the one of the policy.");
  if (!known && rooms.settings.list(call.scope, TraceSetting::resource_policy).size() >= policies_max)
    return refuse("PolicyCountLimitExceededException", "The limit of 5 resource policies is reached.");
  Object policy{{"PolicyName", name},
                {"PolicyDocument", text},
                {"PolicyRevisionId", std::to_string(std::stoll(revision) + 1)},
                {"LastUpdatedTime", to_ns(call.now)}};
  rooms.settings.put(call.scope, TraceSetting::resource_policy, name, policy);
  return Object{{"ResourcePolicy", std::move(policy)}};
}

Reply list_resource_policies(const Rooms& rooms, const Call& call) {
  Array policies;
  for (Document& policy : rooms.settings.list(call.scope, TraceSetting::resource_policy)) policies.push_back(std::move(policy));
  return Object{{"ResourcePolicies", std::move(policies)}};
}

Reply delete_resource_policy(const Rooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "PolicyName");
  const auto known = rooms.settings.find(call.scope, TraceSetting::resource_policy, name);
  if (!known) return invalid("Resource policy " + name + " does not exist.");
  if (const auto wanted = text_at(call.input, "PolicyRevisionId"); wanted && *wanted != text_or(*known, "PolicyRevisionId"))
    return refuse("InvalidPolicyRevisionIdException", "The policy revision id does not match the one of the policy.");
  rooms.settings.remove(call.scope, TraceSetting::resource_policy, name);
  return Object{};
}

Reply get_trace_segment_destination(const Rooms&, const Call&) { return Object{{"Destination", "XRay"}, {"Status", "ACTIVE"}}; }

Reply update_trace_segment_destination(const Rooms&, const Call& call) {
  const std::string wanted = text_or(call.input, "Destination", "XRay");
  if (wanted != "XRay") return invalid("This server keeps traces itself; the destination " + wanted + " is not offered.");
  return Object{{"Destination", "XRay"}, {"Status", "ACTIVE"}};
}

Reply get_indexing_rules(const Rooms& rooms, const Call& call) {
  return Object{{"IndexingRules", Array{Document(indexing_rule(rooms, call))}}};
}

// the wish is kept; every trace is indexed here at any rate, as ActualSamplingPercentage says
Reply update_indexing_rule(const Rooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "Name");
  if (name != "Default") {
    ServiceError error{"ResourceNotFoundException", "Indexing rule " + name + " does not exist.", 0, {}};
    error.members["ResourceName"] = name;
    return std::unexpected(std::move(error));
  }
  const Document* percentage = find(find(find(call.input, "Rule"), "Probabilistic"), "DesiredSamplingPercentage");
  if (!percentage) return invalid("Rule.Probabilistic must be specified");
  rooms.settings.put(call.scope, TraceSetting::indexing_rule, name, Object{{"percentage", *percentage}, {"modified", to_ns(call.now)}});
  return Object{{"IndexingRule", indexing_rule(rooms, call)}};
}

Reply tag_resource(const Rooms& rooms, const Call& call) {
  const std::string arn = text_or(call.input, "ResourceARN");
  if (!is_known(rooms, call, arn)) return no_resource(arn);
  Array tags = tags_of(rooms, call, arn);
  for (const Document& tag : array_at(call.input, "Tags")) {
    erase_tag(tags, text_or(tag, "Key"));
    tags.push_back(tag);
  }
  if (tags.size() > tags_max) {
    ServiceError error{"TooManyTagsException", "A resource can have at most 50 tags.", 0, {}};
    error.members["ResourceName"] = arn;
    return std::unexpected(std::move(error));
  }
  rooms.settings.put(call.scope, TraceSetting::tags, arn, tags);
  return Object{};
}

Reply untag_resource(const Rooms& rooms, const Call& call) {
  const std::string arn = text_or(call.input, "ResourceARN");
  if (!is_known(rooms, call, arn)) return no_resource(arn);
  Array tags = tags_of(rooms, call, arn);
  for (const Document& key : array_at(call.input, "TagKeys")) erase_tag(tags, std::string(key.get_string()));
  rooms.settings.put(call.scope, TraceSetting::tags, arn, tags);
  return Object{};
}

Reply list_tags_for_resource(const Rooms& rooms, const Call& call) {
  const std::string arn = text_or(call.input, "ResourceARN");
  if (!is_known(rooms, call, arn)) return no_resource(arn);
  return Object{{"Tags", tags_of(rooms, call, arn)}};
}

}  // namespace tocsin::api::xray
