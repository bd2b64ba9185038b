// Which operation of S3 a request means: many share a path, and the query and the headers tell them apart; a key may hold any slashes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html
#pragma once

#include <optional>

#include "wire/aws/service_model.h"
#include "wire/http/http_message.h"

namespace tocsin::wire {

struct S3Route {
  const OperationModel* operation = nullptr;
  PathLabels labels;  ///< Bucket and Key, decoded
};

/// The bucket is the first segment of the path, or stands before ".s3" or ".localhost" in the Host.
std::optional<S3Route> s3_route(const HttpRequest& request, const ServiceModel& service);

/// Whether the signature says that the request is for S3, which keeps bodies in whatever encoding they come.
bool is_for_s3(const HttpRequest& request);

}  // namespace tocsin::wire
