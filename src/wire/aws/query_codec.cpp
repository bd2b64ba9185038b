// The query protocol: a form body in, XML out. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
#include <boost/json.hpp>

#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/packed_lists.h"
#include "wire/aws/parameter_tree.h"
#include "wire/aws/scalars.h"
#include "wire/aws/shared_errors.h"

namespace tocsin::wire {
namespace {

// a full PutMetricData has some hundred thousand
constexpr std::size_t parameters_max = 500'000;

using Node = ParameterNode;

bool is_flat(const Member& member) { return member.flattened || member.shape->is_flattened; }

/// The name under which a member stands among its parent's parameters or elements: a flattened list goes by its elements' name.
std::string_view name_in_parent(const Member& member) {
  if (member.shape->type == ShapeType::list && is_flat(member) && !member.shape->element.location_name.empty())
    return member.shape->element.location_name;
  return member.wire_name();
}

class Reader {
 public:
  static Parsed<Document> structure(const Node& node, const Shape& shape, const std::string& path) {
    Object out;
    for (const Member& member : shape.members) {
      const Node* child = node.child(name_in_parent(member));
      if (!child) continue;
      Parsed<Document> value = any(*child, member, path.empty() ? member.name : path + "." + member.name);
      if (!value) return value;
      out.emplace(member.name, std::move(*value));
    }
    return Document(std::move(out));
  }

 private:
  static Parsed<Document> any(const Node& node, const Member& member, const std::string& path) {
    switch (member.shape->type) {
      case ShapeType::structure:
        return structure(node, *member.shape, path);
      case ShapeType::list:
        return list(node, member, path);
      case ShapeType::map:
        return map(node, member, path);
      default:
        return scalar_from_text(node.value, member, path, TimestampFormat::iso8601);
    }
  }

  static Parsed<Document> list(const Node& node, const Member& member, const std::string& path) {
    const Shape& shape = *member.shape;
    const Node* holder = is_flat(member)
                             ? &node
                             : node.child(shape.element.location_name.empty() ? "member" : std::string_view(shape.element.location_name));
    Array out;
    if (holder) {
      for (const auto& [number, child] : holder->numbered()) {
        Parsed<Document> element = any(*child, shape.element, path + ".member." + std::to_string(out.size() + 1));
        if (!element) return element;
        out.push_back(std::move(*element));
      }
    }
    return Document(std::move(out));
  }

  static Parsed<Document> map(const Node& node, const Member& member, const std::string& path) {
    const Shape& shape = *member.shape;
    const Node* holder = is_flat(member) ? &node : node.child("entry");
    Object out;
    if (!holder) return Document(std::move(out));
    for (const auto& [number, entry] : holder->numbered()) {
      const Node* key = entry->child(shape.key.wire_name());
      const Node* value = entry->child(shape.value.wire_name());
      if (!key) continue;
      if (!is_utf8(key->value)) return wire_fail("SerializationException", "A key at '" + path + "' is not UTF-8");
      static const Node nothing;
      Parsed<Document> read = any(value ? *value : nothing, shape.value, path + "." + key->value);
      if (!read) return read;
      out.insert_or_assign(key->value, std::move(*read));
    }
    return Document(std::move(out));
  }
};

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void structure(const Document& document, const Shape& shape) {
    for (const Member& member : shape.members) {
      const Document* value = find(document, member.name);
      if (value && !value->is_null()) element(*value, member, name_in_parent(member));
    }
  }

  void open(std::string_view name) { out_.append("<").append(name).append(">"); }
  void close(std::string_view name) { out_.append("</").append(name).append(">"); }

 private:
  void element(const Document& value, const Member& member, std::string_view name) {
    const Shape& shape = *member.shape;
    if (shape.type == ShapeType::list && value.is_array()) return list(value.get_array(), member, name);
    if (is_packed(value, shape)) return list(unpacked(value, shape), member, name);
    if (shape.type == ShapeType::map && value.is_object()) return map(value.get_object(), member, name);
    open(name);
    if (shape.type == ShapeType::structure)
      structure(value, shape);
    else
      out_ += escape_xml(scalar_to_text(value, member, TimestampFormat::iso8601));
    close(name);
  }

  void list(const Array& values, const Member& member, std::string_view name) {
    const Shape& shape = *member.shape;
    const bool flat = is_flat(member);
    const std::string_view inner = flat                                  ? name
                                   : shape.element.location_name.empty() ? "member"
                                                                         : std::string_view(shape.element.location_name);
    if (!flat) open(name);
    for (const Document& value : values) element(value, shape.element, inner);
    if (!flat) close(name);
  }

  void map(const Object& values, const Member& member, std::string_view name) {
    const Shape& shape = *member.shape;
    const bool flat = is_flat(member);
    if (!flat) open(name);
    for (const auto& [key, value] : values) {
      open(flat ? name : "entry");
      open(shape.key.wire_name());
      out_ += escape_xml(std::string_view(key));
      close(shape.key.wire_name());
      element(value, shape.value, shape.value.wire_name());
      close(flat ? name : "entry");
    }
    if (!flat) close(name);
  }

  std::string& out_;
};

HttpResponse response_of(int status, std::string_view request_id) {
  HttpResponse response{.status = status};
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("Content-Type", "text/xml");
  return response;
}

std::string opening(std::string_view name, std::string_view xml_namespace) {
  std::string text = "<" + std::string(name);
  if (!xml_namespace.empty()) text += " xmlns=\"" + escape_xml(xml_namespace) + "\"";
  return text + ">";
}

/// Old SQS clients post to the queue's own URL and name it nowhere else.
void add_queue_url(Object& input, const Route& route, const HttpRequest& request) {
  if (route.service->name != "sqs" || request.path.size() < 2 || !route.operation->input || !route.operation->input->member("QueueUrl"))
    return;
  if (input.contains("QueueUrl")) return;
  const std::string_view host = request.headers.has("Host") ? request.headers.get("Host") : std::string_view(request.local_address);
  input.emplace("QueueUrl", (request.tls ? "https://" : "http://") + std::string(host) + request.path);
}

class QueryCodec final : public Codec {
 public:
  Parsed<Document> parse(const Route& route, const HttpRequest& request) const override {
    if (!route.operation->input) return Document(Object{});
    Parsed<Node> tree = parameter_tree(request, parameters_max);
    if (!tree) return std::unexpected(tree.error());
    Parsed<Document> input = Reader::structure(*tree, *route.operation->input, {});
    if (input) add_queue_url(input->get_object(), route, request);
    return input;
  }

  HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const override {
    HttpResponse response = response_of(200, request_id);
    const OperationModel& operation = *route.operation;
    response.body = opening(operation.name + "Response", route.service->xml_namespace);
    Writer writer(response.body);
    if (operation.output) {
      const std::string wrapper = operation.result_wrapper.empty() ? operation.name + "Result" : operation.result_wrapper;
      writer.open(wrapper);
      writer.structure(output, *operation.output);
      writer.close(wrapper);
    }
    response.body += "<ResponseMetadata><RequestId>" + escape_xml(request_id) + "</RequestId></ResponseMetadata>";
    writer.close(operation.name + "Response");
    return response;
  }

  HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const override {
    const ShownError shown = show(error, context.service, context.protocol);
    HttpResponse response = response_of(shown.status, request_id);
    response.body = opening("ErrorResponse", context.service ? context.service->xml_namespace : std::string{}) + "<Error><Type>" +
                    (shown.is_fault ? "Receiver" : "Sender") + "</Type><Code>" + escape_xml(shown.code) + "</Code><Message>" +
                    escape_xml(error.message) + "</Message>";
    if (shown.shape) {
      Document members = error.members;
      members.get_object().erase(message_member(shown.shape));
      Writer(response.body).structure(members, *shown.shape);
    }
    response.body += "</Error><RequestId>" + escape_xml(request_id) + "</RequestId></ErrorResponse>";
    return response;
  }
};

}  // namespace

const Codec& query_codec() {
  static const QueryCodec codec;
  return codec;
}

}  // namespace tocsin::wire
