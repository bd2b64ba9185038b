#include "diagnose/trace_map/inferred_segment.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::diagnose {
namespace {

struct NamedType {
  std::string name, type;
};

NamedType of_aws(const TraceEntity& call) {
  struct Resource {
    const char* service;
    const char* member;
    const char* type;
  };
  constexpr Resource resources[] = {{"DynamoDB", "table_name", "AWS::DynamoDB::Table"},
                                    {"S3", "bucket_name", "AWS::S3::Bucket"},
                                    {"SQS", "queue_url", "AWS::SQS::Queue"},
                                    {"SNS", "topic_arn", "AWS::SNS::Topic"},
                                    {"Kinesis", "stream_name", "AWS::Kinesis::Stream"},
                                    {"Lambda", "function_name", "AWS::Lambda::Function"}};
  const Object& aws = object_at(*call.document, "aws");
  for (const Resource& resource : resources)
    if (call.name == resource.service)
      if (const std::string name = text_or(Document(aws), resource.member); !name.empty()) return {name, resource.type};
  return {call.name, "AWS::" + call.name};
}

NamedType named_type(const TraceEntity& call) {
  if (call.space == "aws") return of_aws(call);
  if (call.document->contains("sql")) return {call.name, "Database::SQL"};
  return {call.name, "remote"};
}

}  // namespace

Object inferred_segment(const std::string& trace_id, const TraceEntity& call) {
  const NamedType what = named_type(call);
  Object out{{"id", to_hex(sha256(trace_id + call.id)).substr(0, 16)}, {"name", what.name}};
  out["start_time"] = call.start;
  out["trace_id"] = trace_id;
  out["end_time"] = call.end;
  out["parent_id"] = call.id;
  for (const char* key : {"http", "aws", "sql", "cause"})
    if (const Document* value = find(*call.document, key)) out[key] = *value;
  if (call.error) out["error"] = true;
  if (call.throttle) out["throttle"] = true;
  if (call.fault) out["fault"] = true;
  out["inferred"] = true;
  out["origin"] = what.type;
  return out;
}

}  // namespace tocsin::diagnose
