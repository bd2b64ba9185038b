#include "wire/aws/service_model.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/document.h"
#include "wire/aws/constraint_pattern.h"

namespace tocsin::wire {

std::string_view to_text(Protocol protocol) {
  switch (protocol) {
    case Protocol::query:
      return "query";
    case Protocol::ec2:
      return "ec2";
    case Protocol::json_1_0:
      return "json 1.0";
    case Protocol::json_1_1:
      return "json 1.1";
    case Protocol::rest_json:
      return "rest-json";
    case Protocol::rest_xml:
      return "rest-xml";
    case Protocol::rpc_v2_cbor:
      return "rpc-v2-cbor";
  }
  return "";
}

std::optional<Protocol> protocol_of(std::string_view name, std::string_view json_version) {
  if (name == "query") return Protocol::query;
  if (name == "ec2") return Protocol::ec2;
  if (name == "json") return json_version == "1.0" ? Protocol::json_1_0 : Protocol::json_1_1;
  if (name == "rest-json") return Protocol::rest_json;
  if (name == "rest-xml") return Protocol::rest_xml;
  if (name == "smithy-rpc-v2-cbor") return Protocol::rpc_v2_cbor;
  return std::nullopt;
}

ServiceModel::ServiceModel() = default;
ServiceModel::~ServiceModel() = default;

namespace {
template <typename NameOf>
const Member* search(const std::vector<Member>& members, const std::vector<std::uint16_t>& order, std::string_view name, NameOf name_of) {
  const auto at = std::ranges::lower_bound(order, name, {}, [&](std::uint16_t index) { return name_of(members[index]); });
  return at != order.end() && name_of(members[*at]) == name ? &members[*at] : nullptr;
}
std::string_view plain_name(const Member& member) { return member.name; }
std::string_view wire_name(const Member& member) { return member.wire_name(); }
}  // namespace

const Member* Shape::member(std::string_view wanted) const { return search(members, by_name, wanted, plain_name); }
const Member* Shape::member_by_wire_name(std::string_view wanted) const { return search(members, by_wire_name, wanted, wire_name); }

const OperationModel* ServiceModel::operation(std::string_view wanted) const {
  const auto at = operations_.find(wanted);
  return at == operations_.end() ? nullptr : &at->second;
}

const Shape* ServiceModel::shape(std::string_view wanted) const {
  const auto at = shape_of_.find(wanted);
  return at == shape_of_.end() ? nullptr : at->second;
}

const Shape* ServiceModel::exception(std::string_view code) const {
  const Shape* found = shape(code);
  if (found && found->is_exception) return found;
  for (const Shape& candidate : shapes_)
    if (candidate.is_exception && candidate.error_code == code) return &candidate;
  return nullptr;
}

bool ServiceModel::speaks(Protocol protocol) const { return std::ranges::find(protocols, protocol) != protocols.end(); }

namespace {
ShapeType shape_type_of(std::string_view name) {
  if (name == "structure") return ShapeType::structure;
  if (name == "list") return ShapeType::list;
  if (name == "map") return ShapeType::map;
  if (name == "blob") return ShapeType::blob;
  if (name == "boolean") return ShapeType::boolean;
  if (name == "integer" || name == "short" || name == "byte") return ShapeType::integer;
  if (name == "long") return ShapeType::long_integer;
  if (name == "float") return ShapeType::float_single;
  if (name == "double") return ShapeType::float_double;
  if (name == "timestamp") return ShapeType::timestamp;
  return ShapeType::string;
}

TimestampFormat timestamp_format_of(const Document& shape) {
  const std::string name = text_or(shape, "timestampFormat");
  if (name == "iso8601") return TimestampFormat::iso8601;
  if (name == "unixTimestamp") return TimestampFormat::unix_seconds;
  if (name == "rfc822") return TimestampFormat::rfc822;
  return TimestampFormat::unset;
}

Location location_of(std::string_view name) {
  if (name == "uri") return Location::uri;
  if (name == "querystring") return Location::query_string;
  if (name == "header") return Location::header;
  if (name == "headers") return Location::header_prefix;
  if (name == "statusCode") return Location::status_code;
  return Location::body;
}

std::string xml_namespace_of(const Document& metadata) {
  const Document* at = find(metadata, "xmlNamespace");
  if (!at) return {};
  return at->is_object() ? text_or(*at, "uri") : std::string(at->as_string());
}
}  // namespace

class ServiceModelBuilder {
 public:
  ServiceModelBuilder(ServiceModel& model, const Document& source) : model_(model), source_(source) {}

  void build() {
    read_metadata();
    for (const auto& [name, shape] : object_at(source_, "shapes")) {
      Shape& made = model_.shapes_.emplace_back();
      made.name = name;
      model_.shape_of_.emplace(made.name, &made);
    }
    for (const auto& [name, shape] : object_at(source_, "shapes"))
      read_shape(*model_.shape_of_.find(std::string_view(name))->second, shape);
    for (const auto& [name, operation] : object_at(source_, "operations")) read_operation(name, operation);
    order_paths();
  }

 private:
  void read_metadata() {
    const Document& metadata = *find(source_, "metadata");
    model_.api_version = text_or(metadata, "apiVersion");
    model_.service_id = text_or(metadata, "serviceId");
    model_.signing_name = text_or(metadata, "signingName", text_or(metadata, "endpointPrefix"));
    model_.target_prefix = text_or(metadata, "targetPrefix");
    model_.xml_namespace = xml_namespace_of(metadata);
    model_.query_compatible = find(metadata, "awsQueryCompatible") != nullptr;
    const std::string json_version = text_or(metadata, "jsonVersion");
    const auto add = [&](std::string_view name) {
      if (const auto protocol = protocol_of(name, json_version)) model_.protocols.push_back(*protocol);
    };
    const Array& names = array_at(metadata, "protocols");
    for (const Document& name : names) add(std::string_view(name.as_string()));
    if (names.empty()) add(text_or(metadata, "protocol"));
    for (const Document& name : array_at(metadata, "tocsinExtraProtocols")) add(std::string_view(name.as_string()));
  }

  Member read_member(std::string_view name, const Document& source) {
    Member member;
    member.name = name;
    member.shape = model_.shape(text_or(source, "shape"));
    member.location_name = text_or(source, "locationName");
    member.query_name = text_or(source, "queryName");
    member.location = location_of(text_or(source, "location"));
    member.timestamp_format = timestamp_format_of(source);
    member.flattened = truth_or(source, "flattened", false);
    member.streaming = truth_or(source, "streaming", false);
    member.xml_attribute = truth_or(source, "xmlAttribute", false);
    member.json_value = truth_or(source, "jsonvalue", false);
    return member;
  }

  void read_shape(Shape& shape, const Document& source) {
    shape.type = shape_type_of(text_or(source, "type"));
    shape.min = number_at(source, "min");
    shape.max = number_at(source, "max");
    shape.pattern = text_or(source, "pattern");
    if (!shape.pattern.empty()) shape.compiled_pattern = pattern(shape.pattern);
    for (const Document& value : array_at(source, "enum")) shape.enum_values.emplace_back(value.as_string());
    shape.payload = text_or(source, "payload");
    shape.timestamp_format = timestamp_format_of(source);
    read_flags(shape, source);
    if (shape.type == ShapeType::structure) read_members(shape, source);
    if (shape.type == ShapeType::list) shape.element = read_member("member", *find(source, "member"));
    if (shape.type != ShapeType::map) return;
    shape.key = read_member("key", *find(source, "key"));
    shape.value = read_member("value", *find(source, "value"));
  }

  static void read_flags(Shape& shape, const Document& source) {
    shape.is_union = truth_or(source, "union", false);
    shape.is_exception = truth_or(source, "exception", false) || find(source, "error");
    shape.is_fault = truth_or(source, "fault", false);
    shape.is_sensitive = truth_or(source, "sensitive", false);
    shape.is_document = truth_or(source, "document", false);
    shape.is_event_stream = truth_or(source, "eventstream", false);
    shape.is_flattened = truth_or(source, "flattened", false);
    shape.is_streaming = truth_or(source, "streaming", false);
    shape.requires_length = truth_or(source, "requiresLength", false);
    const Object& error = object_at(source, "error");
    if (const Document* code = find(error, "code")) shape.error_code = code->as_string();
    if (const Document* status = find(error, "httpStatusCode")) shape.error_status = static_cast<int>(status->as_int64());
    if (const Document* sender = find(error, "senderFault")) shape.is_fault = shape.is_fault || !sender->as_bool();
  }

  void read_members(Shape& shape, const Document& source) {
    for (const auto& [name, member] : object_at(source, "members")) shape.members.push_back(read_member(name, member));
    shape.by_name.resize(shape.members.size());
    for (std::size_t i = 0; i < shape.members.size(); ++i) shape.by_name[i] = static_cast<std::uint16_t>(i);
    shape.by_wire_name = shape.by_name;
    std::ranges::sort(shape.by_name, {}, [&](std::uint16_t i) { return plain_name(shape.members[i]); });
    std::ranges::sort(shape.by_wire_name, {}, [&](std::uint16_t i) { return wire_name(shape.members[i]); });
    for (const Document& name : array_at(source, "required"))
      for (Member& member : shape.members)
        if (std::string_view(name.as_string()) == member.name) member.required = true;
  }

  const ConstraintPattern* pattern(const std::string& text) {
    auto& slot = model_.patterns_[text];
    if (!slot) slot = std::make_unique<ConstraintPattern>(text);
    return slot.get();
  }

  void read_operation(std::string_view name, const Document& source) {
    OperationModel& operation = model_.operations_[std::string(name)];
    operation.name = name;
    if (const Document* input = find(source, "input")) operation.input = model_.shape(text_or(*input, "shape"));
    if (const Document* output = find(source, "output")) {
      operation.output = model_.shape(text_or(*output, "shape"));
      operation.result_wrapper = text_or(*output, "resultWrapper");
    }
    const Document http = object_at(source, "http");
    operation.http_method = text_or(http, "method", "POST");
    operation.uri_text = text_or(http, "requestUri", "/");
    operation.uri = UriTemplate(operation.uri_text);
    operation.response_code = static_cast<int>(integer_or(http, "responseCode", 200));
    operation.unsigned_call = text_or(source, "authtype") == "none";
    for (const Document& error : array_at(source, "errors")) operation.errors.push_back(model_.shape(text_or(error, "shape")));
  }

  void order_paths() {
    for (const auto& [name, operation] : model_.operations_) model_.by_path_.push_back(&operation);
    std::ranges::stable_sort(model_.by_path_, {}, [](const OperationModel* operation) { return operation->uri.rank(); });
  }

  ServiceModel& model_;
  const Document& source_;
};

Result<std::unique_ptr<ServiceModel>> parse_service_model(std::string_view name, std::string_view text) {
  auto source = parse_json(text);
  if (!source) return std::unexpected(source.error());
  if (!find(*source, "metadata") || !find(*source, "shapes") || !find(*source, "operations"))
    return fail(ErrorKind::invalid, "The text is no service model.");
  try {
    auto model = std::make_unique<ServiceModel>();
    model->name = name;
    ServiceModelBuilder(*model, *source).build();
    return model;
  } catch (const std::exception& error) {
    return fail(ErrorKind::invalid, std::string("The service model cannot be read: ") + error.what());
  }
}

}  // namespace tocsin::wire
