#include "communicate/topics/topics.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "communicate/topics/known_topics.h"
#include "communicate/topics/topic_rows.h"
#include "model/arn.h"

namespace tocsin::communicate {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE sns_topics (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE,
  attributes TEXT NOT NULL, tags TEXT NOT NULL, created_at INTEGER NOT NULL, last_sequence INTEGER NOT NULL, deleted_subscriptions INTEGER NOT NULL,
  PRIMARY KEY (account, region, name));
CREATE TABLE sns_subscriptions (
  arn TEXT NOT NULL PRIMARY KEY, topic_arn TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL,
  owner TEXT NOT NULL, attributes TEXT NOT NULL, confirmed INTEGER NOT NULL, authenticated INTEGER NOT NULL, token_hash TEXT NOT NULL, token_expires_at INTEGER NOT NULL,
  UNIQUE (topic_arn, protocol, endpoint));
CREATE TABLE sns_deduplications (
  topic_arn TEXT NOT NULL, key TEXT NOT NULL, message_id TEXT NOT NULL, sequence_number TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (topic_arn, key));
CREATE TABLE sns_signing (id INTEGER NOT NULL PRIMARY KEY, key_pem TEXT NOT NULL, certificate_pem TEXT NOT NULL);
)"},
    {2, R"(
CREATE TABLE sns_farewells (
  topic_arn TEXT NOT NULL, token_hash TEXT NOT NULL, subscription TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (topic_arn, token_hash));
)"},
};

constexpr const char* topic_columns = "SELECT account, region, name, arn, attributes, tags, created_at FROM sns_topics ";

Topic read_topic(const storage::Row& row) {
  return {{row.text(0), row.text(1)}, row.text(2), row.text(3), to_text_map(row.document(4)), to_text_map(row.document(5)), row.instant(6)};
}

Result<void> check_topic_name(const std::string& name, bool fifo) {
  const std::string stem = fifo && name.ends_with(".fifo") ? name.substr(0, name.size() - 5) : name;
  const bool letters = stem.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string::npos;
  if (stem.empty() || name.size() > 256 || !letters || (fifo && !name.ends_with(".fifo")))
    return bad_parameter(fifo ? "Topic Name Reason: Fifo Topic names must end with .fifo and must be made up of only uppercase and "
                                "lowercase ASCII letters, numbers, underscores, and hyphens"
                              : "Topic Name");
  return {};
}

bool is_truth(const std::string& value) { return value == "true" || value == "false"; }

/// HTTPSuccessFeedbackRoleArn and its like, by protocol.
bool is_feedback(const std::string& name, std::string_view ending) {
  for (const char* family : {"HTTP", "SQS", "Lambda", "Firehose", "Application"})
    if (name == std::string(family) + std::string(ending)) return true;
  return false;
}

/// The words differ with the call: CreateTopic names what it does not know, SetTopicAttributes does not.
Result<void> check_topic_attribute(const std::string& name, const std::string& value, bool fifo, bool creating) {
  const auto unknown = [&] { return bad_parameter(creating ? "Unknown attribute " + name : std::string("AttributeName")); };
  if (name == "DisplayName")
    return value.size() <= 100 && value.find_first_of("\r\n") == std::string::npos ? Result<void>{} : bad_parameter("DisplayName");
  if (name == "Policy") return value.empty() || parse_json(value) ? Result<void>{} : bad_parameter("Policy Error: null");
  if (name == "DeliveryPolicy") {
    if (value.empty()) return {};
    const auto policy = parse_delivery_policy(value);
    return policy ? Result<void>{} : Result<void>(std::unexpected(policy.error()));
  }
  if (!fifo && (name == "ContentBasedDeduplication" || name == "FifoThroughputScope" || name == "ArchivePolicy")) return unknown();
  if (name == "FifoTopic" || name == "ContentBasedDeduplication") return is_truth(value) ? Result<void>{} : bad_parameter(name);
  if (name == "SignatureVersion") return value == "1" || value == "2" ? Result<void>{} : bad_parameter("SignatureVersion");
  if (name == "TracingConfig") return value == "PassThrough" || value == "Active" ? Result<void>{} : bad_parameter("TracingConfig");
  if (name == "FifoThroughputScope")
    return value == "Topic" || value == "MessageGroup" ? Result<void>{} : bad_parameter("FifoThroughputScope");
  if (name == "KmsMasterKeyId") return {};
  if (is_feedback(name, "SuccessFeedbackRoleArn") || is_feedback(name, "FailureFeedbackRoleArn"))
    return value.empty() || value.starts_with("arn:aws:iam::") ? Result<void>{} : bad_parameter(name);
  if (is_feedback(name, "SuccessFeedbackSampleRate"))
    return value.size() <= 3 && value.find_first_not_of("0123456789") == std::string::npos && std::atoi(value.c_str()) <= 100
               ? Result<void>{}
               : bad_parameter(name + " Reason: must be a whole number from 0 to 100");
  if (name == "ArchivePolicy" || name == "DataProtectionPolicy") return bad_parameter(name + " Reason: this server does not offer it");
  return unknown();
}

std::string default_policy(const Topic& topic) {
  Array actions;
  for (const char* action : {"SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
                             "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"})
    actions.emplace_back(action);
  const Object statement{{"Sid", "__default_statement_ID"},
                         {"Effect", "Allow"},
                         {"Principal", Object{{"AWS", "*"}}},
                         {"Action", std::move(actions)},
                         {"Resource", topic.arn},
                         {"Condition", Object{{"StringEquals", Object{{"AWS:SourceOwner", topic.scope.account}}}}}};
  return to_json(Object{{"Version", "2008-10-17"}, {"Id", "__default_policy_ID"}, {"Statement", Array{statement}}});
}

}  // namespace

std::unexpected<Error> bad_parameter(const std::string& what) {
  return fail(ErrorKind::invalid, "Invalid parameter: " + what, "InvalidParameterException");
}

Error of_attributes(Error error) {
  constexpr std::string_view prefix = "Invalid parameter: ";
  if (error.message.starts_with(prefix) && !error.message.substr(prefix.size()).starts_with("Attributes"))
    error.message.insert(prefix.size(), "Attributes Reason: ");
  return error;
}

TextMap to_text_map(const Document& document) {
  TextMap out;
  for (const auto& [name, value] : document.as_object()) out.emplace(name, value.as_string());
  return out;
}

Object to_object(const TextMap& map) {
  Object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

Topics::Topics(storage::StateExecutor& state, Random& random, delivery::Outbox& outbox, delivery::Queues& queues, SelfMetrics* metrics,
               TopicsSettings settings)
    : state_(state),
      random_(random),
      outbox_(outbox),
      queues_(queues),
      metrics_(metrics),
      settings_(std::move(settings)),
      sms_(state),
      known_(std::make_shared<Known>()) {}

Result<void> Topics::migrate() {
  if (const auto migrated = state_.database().migrate("sns", migrations); !migrated) return migrated;
  if (const auto migrated = sms_.migrate(); !migrated) return migrated;
  return load_signer();
}

void Topics::start() {
  outbox_.handle("sns", [this](const delivery::Settlement& settlement) { return settled(settlement); });
}

Result<void> Topics::load_signer() {
  const auto row = state_.database().query_one("SELECT key_pem, certificate_pem FROM sns_signing WHERE id = 1");
  auto signer = row ? NotificationSigner::from_pem(row->text(0), row->text(1)) : NotificationSigner::generate(state_.now());
  if (!signer) return std::unexpected(signer.error());
  signer_ = std::move(*signer);
  if (row) return {};
  state_.database().begin_group();
  state_.database().enter();
  state_.database().execute("INSERT INTO sns_signing (id, key_pem, certificate_pem) VALUES (1, ?, ?)",
                            {signer_->key_pem(), signer_->certificate_pem()});
  state_.database().leave(true);
  return state_.database().commit_group();
}

Result<Topic> Topics::create_topic(const Scope& scope, const std::string& name, const TextMap& attributes, const TextMap& tags) {
  const auto fifo = attributes.find("FifoTopic");
  Topic topic{scope, name, make_arn("sns", scope, name), attributes, tags, state_.now()};
  if (const auto checked = check_topic_name(name, fifo != attributes.end() && fifo->second == "true"); !checked)
    return std::unexpected(checked.error());
  for (const auto& [key, value] : attributes)
    if (const auto checked = check_topic_attribute(key, value, topic.fifo(), true); !checked)
      return std::unexpected(of_attributes(checked.error()));
  if (const auto existing = find_topic(topic.arn)) {
    const auto shown = topic_attributes(topic.arn);
    for (const auto& [key, value] : attributes)
      if (existing->attribute(key) != value && (!shown->contains(key) || shown->at(key) != value))
        return bad_parameter("Attributes Reason: Topic already exists with different attributes");
    if (!tags.empty() && existing->tags != tags) return bad_parameter("Tags Reason: Topic already exists with different tags");
    return existing;
  }
  forget(topic.arn);
  state_.database().execute(
      "INSERT INTO sns_topics (account, region, name, arn, attributes, tags, created_at, last_sequence, deleted_subscriptions) VALUES "
      "(?,?,?,?,?,?,?,0,0)",
      {scope.account, scope.region, name, topic.arn, to_object(attributes), to_object(tags), topic.created_at});
  return topic;
}

void Topics::forget(const std::string& topic_arn) {
  known_->topics.erase(topic_arn);
  known_->subscribers.erase(topic_arn);
  known_->changing.insert(topic_arn);
  state_.after_commit([known = known_, topic_arn] { known->changing.erase(topic_arn); });
}

Result<Topic> Topics::find_topic(const std::string& topic_arn) {
  if (const auto known = known_->topics.find(topic_arn); known != known_->topics.end()) return known->second;
  const auto row = state_.database().query_one(std::string(topic_columns) + "WHERE arn = ?", {topic_arn});
  if (!row) return fail(ErrorKind::not_found, "Topic does not exist", "NotFoundException");
  Topic topic = read_topic(*row);
  if (!known_->changing.contains(topic_arn)) known_->topics.emplace(topic_arn, topic);
  return topic;
}

std::vector<Topic> Topics::list_topics(const Scope& scope, const std::string& after_name, int count_max) {
  std::vector<Topic> out;
  for (const auto& row :
       state_.database().query(std::string(topic_columns) + "WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
                               {scope.account, scope.region, after_name, count_max}))
    out.push_back(read_topic(row));
  return out;
}

Result<void> Topics::set_topic_attribute(const std::string& topic_arn, const std::string& name, const std::string& value) {
  auto topic = find_topic(topic_arn);
  if (!topic) return std::unexpected(topic.error());
  if (name == "FifoTopic") return bad_parameter("AttributeName");
  if (const auto checked = check_topic_attribute(name, value, topic->fifo(), false); !checked) return checked;
  if (value.empty())
    topic->attributes.erase(name);
  else
    topic->attributes[name] = value;
  forget(topic_arn);
  state_.database().execute("UPDATE sns_topics SET attributes = ? WHERE arn = ?", {to_object(topic->attributes), topic_arn});
  return {};
}

Result<TextMap> Topics::topic_attributes(const std::string& topic_arn) {
  const auto topic = find_topic(topic_arn);
  if (!topic) return std::unexpected(topic.error());
  TextMap out = topic->attributes;
  const auto counts = state_.database().query_one(
      "SELECT SUM(confirmed), SUM(CASE WHEN confirmed = 0 AND token_expires_at > ? THEN 1 ELSE 0 END) FROM sns_subscriptions WHERE "
      "topic_arn = ?",
      {state_.now(), topic_arn});
  const auto deleted = state_.database().query_one("SELECT deleted_subscriptions FROM sns_topics WHERE arn = ?", {topic_arn});
  out["TopicArn"] = topic->arn;
  out["Owner"] = topic->scope.account;
  out["SubscriptionsConfirmed"] = std::to_string(counts ? counts->integer(0) : 0);
  out["SubscriptionsPending"] = std::to_string(counts ? counts->integer(1) : 0);
  out["SubscriptionsDeleted"] = std::to_string(deleted ? deleted->integer(0) : 0);
  out.emplace("DisplayName", "");
  out.emplace("Policy", default_policy(*topic));
  const auto policy = parse_delivery_policy(topic->attribute("DeliveryPolicy").empty() ? "{}" : topic->attribute("DeliveryPolicy"));
  const Document retry = to_document(policy.value_or(DeliveryPolicy{}));
  Object http{{"defaultHealthyRetryPolicy", *find(retry, "healthyRetryPolicy")},
              {"disableSubscriptionOverrides", overrides_disabled(topic->attribute("DeliveryPolicy"))}};
  if (policy && policy->receives_per_second_max > 0) http["defaultThrottlePolicy"] = *find(retry, "throttlePolicy");
  http["defaultRequestPolicy"] = *find(retry, "requestPolicy");
  out["EffectiveDeliveryPolicy"] = to_json(Object{{"http", std::move(http)}});
  if (topic->fifo()) out.emplace("ContentBasedDeduplication", "false");
  return out;
}

Result<void> Topics::set_topic_tags(const std::string& topic_arn, const TextMap& tags) {
  forget(topic_arn);
  if (state_.database().execute("UPDATE sns_topics SET tags = ? WHERE arn = ?", {to_object(tags), topic_arn}) == 0)
    return fail(ErrorKind::not_found, "Resource does not exist", "ResourceNotFoundException");
  return {};
}

void Topics::remove_topic(const std::string& topic_arn) {
  forget(topic_arn);
  state_.database().execute("DELETE FROM sns_farewells WHERE topic_arn = ?", {topic_arn});
  state_.database().execute("DELETE FROM sns_topics WHERE arn = ?", {topic_arn});
  state_.database().execute("DELETE FROM sns_subscriptions WHERE topic_arn = ?", {topic_arn});
  state_.database().execute("DELETE FROM sns_deduplications WHERE topic_arn = ?", {topic_arn});
}

void Topics::count(const Scope& scope, const std::string& topic_name, const char* metric, double value, const char* unit) {
  if (metrics_) metrics_->record(scope, "AWS/SNS", metric, {{"TopicName", topic_name}}, value, unit);
}

}  // namespace tocsin::communicate
