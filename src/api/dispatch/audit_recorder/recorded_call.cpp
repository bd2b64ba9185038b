#include "api/dispatch/audit_recorder/recorded_call.h"

#include <algorithm>
#include <array>

#include "api/dispatch/reading_name.h"

namespace tocsin::api {
namespace {

struct Entry {
  std::string_view service;
  std::string_view operation;
};

constexpr std::array<Entry, 44> data_calls{{
    {"sns", "Publish"},
    {"sns", "PublishBatch"},
    {"sqs", "SendMessage"},
    {"sqs", "SendMessageBatch"},
    {"sqs", "ReceiveMessage"},
    {"sqs", "DeleteMessage"},
    {"sqs", "DeleteMessageBatch"},
    {"sqs", "ChangeMessageVisibility"},
    {"sqs", "ChangeMessageVisibilityBatch"},
    {"cloudwatch", "PutMetricData"},
    {"cloudwatch", "GetMetricData"},
    {"cloudwatch", "GetMetricStatistics"},
    {"cloudwatch", "GetMetricWidgetImage"},
    {"logs", "PutLogEvents"},
    {"events", "PutEvents"},
    {"lambda", "Invoke"},
    {"lambda", "InvokeAsync"},
    {"lambda", "InvokeWithResponseStream"},
    {"xray", "PutTraceSegments"},
    {"xray", "PutTelemetryRecords"},
    {"xray", "GetSamplingRules"},
    {"xray", "GetSamplingTargets"},
    {"ssm", "PutInventory"},
    {"ssm", "UpdateInstanceInformation"},
    {"ssm", "ListInstanceAssociations"},
    {"cloudtrail-data", "PutAuditEvents"},
    {"ssmmessages", "OpenDataChannel"},
    {"ssmmessages", "OpenControlChannel"},
    {"ec2messages", "GetMessages"},
    {"s3", "GetObject"},
    {"s3", "HeadObject"},
    {"s3", "PutObject"},
    {"s3", "CopyObject"},
    {"s3", "DeleteObject"},
    {"s3", "DeleteObjects"},
    {"s3", "ListObjects"},
    {"s3", "ListObjectsV2"},
    {"s3", "CreateMultipartUpload"},
    {"s3", "UploadPart"},
    {"s3", "UploadPartCopy"},
    {"s3", "CompleteMultipartUpload"},
    {"s3", "AbortMultipartUpload"},
    {"s3", "ListParts"},
    {"s3", "ListMultipartUploads"},
}};

constexpr std::array<Entry, 6> reading_calls{{
    {"logs", "StartQuery"},
    {"logs", "StopQuery"},
    {"logs", "StartLiveTail"},
    {"sts", "AssumeRole"},
    {"sts", "AssumeRoleWithWebIdentity"},
    {"sts", "DecodeAuthorizationMessage"},
}};

template <std::size_t n>
bool holds(const std::array<Entry, n>& entries, std::string_view service, std::string_view operation) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.service == service && entry.operation == operation; });
}

}  // namespace

bool is_management_call(std::string_view service, std::string_view operation) { return !holds(data_calls, service, operation); }

bool is_read_only(std::string_view service, std::string_view operation) {
  return holds(reading_calls, service, operation) || is_reading_name(operation);
}

std::string event_source_of(std::string_view service) {
  return (service == "cloudwatch" ? "monitoring" : std::string(service)) + ".amazonaws.com";
}

}  // namespace tocsin::api
