// The small surface of S3 that trails, exports and `aws s3` need: REST-XML. https://docs.aws.amazon.com/AmazonS3/latest/API/
#pragma once

#include "api/call.h"
#include "api/s3/rooms.h"

namespace tocsin::api {

/// All that the rooms refer to must outlive the service.
Service make_s3_service(s3::Rooms rooms);

}  // namespace tocsin::api
