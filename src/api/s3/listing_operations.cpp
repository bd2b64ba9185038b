#include <algorithm>
#include <boost/json.hpp>

#include "api/s3/operations.h"
#include "base/encoding.h"

namespace tocsin::api::s3 {
namespace {

struct Listing {
  storage::ListObjects request;
  std::int64_t count_max = 1000;
  bool encoded = false;  ///< EncodingType url

  std::string shown(const std::string& text) const { return encoded ? percent_encode(text, true) : text; }
};

std::expected<Listing, ServiceError> listing_of(const Call& call) {
  Listing listing;
  listing.encoded = text_or(call.input, "EncodingType") == "url";
  listing.count_max = integer_or(call.input, "MaxKeys", 1000);
  if (listing.count_max < 0) return refuse("InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647", 400);
  listing.request = {.prefix = text_or(call.input, "Prefix"),
                     .delimiter = text_or(call.input, "Delimiter"),
                     .after = {},
                     .count_max = static_cast<std::size_t>(std::min<std::int64_t>(listing.count_max, 1000))};
  return listing;
}

void fill(Object& out, const Listing& listing, const storage::Bucket& bucket, const storage::ObjectListing& page, bool with_owner) {
  Array contents, prefixes;
  for (const storage::StoredObject& object : page.objects) {
    Object entry{{"Key", listing.shown(object.key)}, {"LastModified", to_ns(object.modified)}, {"ETag", object.etag}, {"Size", object.size}, {"StorageClass", "STANDARD"}};
    if (with_owner) entry["Owner"] = Object{{"ID", bucket.account}, {"DisplayName", bucket.account}};
    contents.push_back(std::move(entry));
  }
  for (const std::string& prefix : page.common_prefixes) prefixes.push_back(Object{{"Prefix", listing.shown(prefix)}});
  out["Name"] = bucket.name;
  out["Prefix"] = listing.shown(listing.request.prefix);
  if (!listing.request.delimiter.empty()) out["Delimiter"] = listing.shown(listing.request.delimiter);
  out["MaxKeys"] = listing.count_max;
  if (listing.encoded) out["EncodingType"] = "url";
  out["IsTruncated"] = !page.next.empty();
  if (!contents.empty()) out["Contents"] = std::move(contents);
  if (!prefixes.empty()) out["CommonPrefixes"] = std::move(prefixes);
}

}  // namespace

Reply list_objects(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  auto listing = listing_of(call);
  if (!listing) return std::unexpected(listing.error());
  listing->request.after = text_or(call.input, "Marker");
  const storage::ObjectListing page = rooms.objects.list(bucket->name, listing->request);
  Object out{{"Marker", listing->shown(listing->request.after)}};
  fill(out, *listing, *bucket, page, true);
  if (!page.next.empty()) out["NextMarker"] = listing->shown(page.next);
  return out;
}

Reply list_objects_v2(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  auto listing = listing_of(call);
  if (!listing) return std::unexpected(listing.error());
  const std::string start_after = text_or(call.input, "StartAfter");
  listing->request.after = start_after;
  const auto token = text_at(call.input, "ContinuationToken");
  if (token) {
    const auto opened = from_base64(*token);
    if (!opened || opened->empty()) return refuse("InvalidArgument", "The continuation token provided is incorrect", 400);
    listing->request.after = *opened;
  }
  const storage::ObjectListing page = rooms.objects.list(bucket->name, listing->request);
  Object out{{"KeyCount", page.objects.size() + page.common_prefixes.size()}};
  fill(out, *listing, *bucket, page, truth_or(call.input, "FetchOwner", false));
  if (token) out["ContinuationToken"] = *token;
  if (!start_after.empty()) out["StartAfter"] = listing->shown(start_after);
  if (!page.next.empty()) out["NextContinuationToken"] = to_base64(page.next);
  return out;
}

}  // namespace tocsin::api::s3
