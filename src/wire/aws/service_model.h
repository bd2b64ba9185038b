// One service as its model describes it: operations, shapes and their traits, read from botocore's service-2.json. Immutable once built;
// shared by all threads. The traits: https://smithy.io/2.0/spec/index.html and botocore's docs of the older JSON form.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/aws/uri_template.h"

namespace tocsin::wire {

enum class Protocol : std::uint8_t { query, ec2, json_1_0, json_1_1, rest_json, rest_xml, rpc_v2_cbor };
std::string_view to_text(Protocol protocol);

enum class ShapeType : std::uint8_t {
  structure,
  list,
  map,
  string,
  blob,
  boolean,
  integer,
  long_integer,
  float_single,
  float_double,
  timestamp
};
enum class TimestampFormat : std::uint8_t { unset, iso8601, unix_seconds, rfc822 };
enum class Location : std::uint8_t { body, uri, query_string, header, header_prefix, status_code };

class ConstraintPattern;
struct Shape;

/// A shape in its place: a structure's member, a list's element, a map's key or value.
struct Member {
  std::string name;
  const Shape* shape = nullptr;
  std::string location_name;  ///< empty: the name
  std::string query_name;     ///< ec2's own
  Location location = Location::body;
  TimestampFormat timestamp_format = TimestampFormat::unset;
  bool required = false;
  bool flattened = false;
  bool streaming = false;
  bool xml_attribute = false;
  bool json_value = false;  ///< in a header: JSON text, sent as base64

  std::string_view wire_name() const { return location_name.empty() ? std::string_view(name) : std::string_view(location_name); }
};

struct Shape {
  std::string name;
  ShapeType type = ShapeType::structure;
  std::vector<Member> members;         ///< of a structure, in the model's order
  std::vector<std::uint16_t> by_name;  ///< indexes into members, by name
  std::vector<std::uint16_t> by_wire_name;
  Member element;                  ///< of a list
  Member key, value;               ///< of a map
  std::optional<double> min, max;  ///< a length for strings, lists, maps and blobs; a value for numbers
  std::string pattern;
  const ConstraintPattern* compiled_pattern = nullptr;  ///< null without pattern
  std::vector<std::string> enum_values;                 ///< in the model's order
  std::string payload;                                  ///< the member that is the whole body
  std::string error_code;                               ///< the query protocol's, when it differs from the name
  int error_status = 0;                                 ///< 0: unset
  TimestampFormat timestamp_format = TimestampFormat::unset;
  bool is_union = false, is_exception = false, is_fault = false, is_sensitive = false, is_document = false, is_event_stream = false,
       is_flattened = false;
  bool is_streaming = false, requires_length = false;

  const Member* member(std::string_view name) const;
  const Member* member_by_wire_name(std::string_view name) const;
  bool is_number() const { return type >= ShapeType::integer && type <= ShapeType::float_double; }
  bool is_aggregate() const { return type <= ShapeType::map; }
};

struct OperationModel {
  std::string name;
  const Shape* input = nullptr;   ///< null: takes nothing
  const Shape* output = nullptr;  ///< null: gives nothing
  std::string result_wrapper;
  std::string http_method;
  std::string uri_text;
  UriTemplate uri;
  int response_code = 200;
  std::vector<const Shape*> errors;
  bool unsigned_call = false;  ///< takes no credentials
};

class ServiceModel {
 public:
  ServiceModel();
  ~ServiceModel();
  ServiceModel(const ServiceModel&) = delete;

  const OperationModel* operation(std::string_view name) const;
  const std::map<std::string, OperationModel, std::less<>>& operations() const { return operations_; }
  const Shape* shape(std::string_view name) const;
  /// The exception of that shape name, or of that query error code.
  const Shape* exception(std::string_view code) const;
  const std::deque<Shape>& shapes() const { return shapes_; }
  bool speaks(Protocol protocol) const;
  /// The rest-json or rest-xml operations by method and path, most literal first.
  const std::vector<const OperationModel*>& by_path() const { return by_path_; }

  std::string name;           ///< botocore's folder: "sns", "ssm-incidents"
  std::string api_version;    ///< "2010-08-01"
  std::string service_id;     ///< "CloudWatch"
  std::string signing_name;   ///< in the credential's scope: "monitoring"
  std::string target_prefix;  ///< "GraniteServiceVersion20100801"; empty when it has none
  std::string xml_namespace;
  std::vector<Protocol> protocols;
  bool query_compatible = false;  ///< JSON and CBOR callers may ask for the query protocol's error codes

 private:
  friend class ServiceModelBuilder;
  std::deque<Shape> shapes_;
  std::map<std::string, Shape*, std::less<>> shape_of_;
  std::map<std::string, OperationModel, std::less<>> operations_;
  std::vector<const OperationModel*> by_path_;
  std::map<std::string, std::unique_ptr<ConstraintPattern>> patterns_;
};

/// Builds a model from the text of service-2.json. Fails with `invalid` on text that is no model.
Result<std::unique_ptr<ServiceModel>> parse_service_model(std::string_view name, std::string_view text);

/// What the model's `protocols` names mean: "json" needs the version. nullopt: unknown to us.
std::optional<Protocol> protocol_of(std::string_view name, std::string_view json_version);

}  // namespace tocsin::wire
