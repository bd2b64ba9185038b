// The requests that API destinations are called with, as content for the HTTP carrier. Pure.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html#eb-api-destination-request
#pragma once

#include <string>

#include "base/document.h"

namespace tocsin::events {

struct DestinationCall {
  std::string endpoint;  ///< its asterisks are filled in by the target's PathParameterValues
  std::string method;
  Document auth;    ///< AuthParameters with its secrets
  Document target;  ///< HttpParameters of the target: PathParameterValues, HeaderParameters, QueryStringParameters; may be empty
  std::string body;
  std::string access_token;  ///< of OAuth
};

/// Parameters of the connection win over the target's.
Document destination_request(const DestinationCall& call);
/// The client credentials to the authorization endpoint.
Document token_request(const Document& oauth_parameters);
/// AuthParameters without what is secret, as it is shown.
Document without_secrets(const Document& auth);
/// `changes` over `base`, object by object.
Document merged(const Document& base, const Document& changes);

}  // namespace tocsin::events
