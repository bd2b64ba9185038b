// EC2's query protocol: a form body in, where lists are always flat and names begin with a capital, XML out, where nothing wraps the result.
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
#include <boost/json.hpp>

#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/parameter_tree.h"
#include "wire/aws/scalars.h"
#include "wire/aws/shared_errors.h"
#include "wire/aws/xml_members.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t parameters_max = 200'000;

using Node = ParameterNode;

/// ec2QueryName, else xmlName with a capital, else the name with one.
std::string name_of(const Member& member) {
  if (!member.query_name.empty()) return member.query_name;
  std::string name(member.wire_name());
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

Parsed<Document> read_structure(const Node& node, const Shape& shape, const std::string& path);

Parsed<Document> read(const Node& node, const Member& member, const std::string& path) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::structure) return read_structure(node, shape, path);
  if (shape.type == ShapeType::map) return wire_fail("InvalidParameterValue", "Maps are not read in this protocol: " + path);
  if (shape.type != ShapeType::list) return scalar_from_text(node.value, member, path, TimestampFormat::iso8601);
  Array list;
  for (const auto& [number, child] : node.numbered()) {
    Parsed<Document> element = read(*child, shape.element, path + "." + std::to_string(number));
    if (!element) return element;
    list.push_back(std::move(*element));
  }
  return Document(std::move(list));
}

Parsed<Document> read_structure(const Node& node, const Shape& shape, const std::string& path) {
  Object out;
  for (const Member& member : shape.members) {
    const Node* child = node.child(name_of(member));
    if (!child) continue;
    Parsed<Document> value = read(*child, member, path.empty() ? member.name : path + "." + member.name);
    if (!value) return value;
    out.emplace(member.name, std::move(*value));
  }
  return Document(std::move(out));
}

class Ec2Codec final : public Codec {
 public:
  Parsed<Document> parse(const Route& route, const HttpRequest& request) const override {
    if (!route.operation->input) return Document(Object{});
    const Parsed<Node> tree = parameter_tree(request, parameters_max);
    if (!tree) return std::unexpected(tree.error());
    return read_structure(*tree, *route.operation->input, {});
  }

  HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const override {
    HttpResponse response{.status = 200};
    response.headers.add("Content-Type", "text/xml;charset=UTF-8");
    const std::string name = route.operation->name + "Response";
    const std::string& space = route.service->xml_namespace;
    response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + name + (space.empty() ? "" : " xmlns=\"" + escape_xml(space) + "\"") + "><requestId>" +
                    escape_xml(request_id) + "</requestId>";
    if (route.operation->output)
      write_xml_members(response.body, output, *route.operation->output);
    else
      response.body += "<return>true</return>";
    response.body += "</" + name + ">";
    return response;
  }

  HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const override {
    const ShownError shown = show(error, context.service, context.protocol);
    HttpResponse response{.status = shown.status};
    response.headers.add("Content-Type", "text/xml;charset=UTF-8");
    response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>" + escape_xml(shown.code) + "</Code><Message>" + escape_xml(error.message) +
                    "</Message></Error></Errors><RequestID>" + escape_xml(request_id) + "</RequestID></Response>";
    return response;
  }
};

}  // namespace

const Codec& ec2_codec() {
  static const Ec2Codec codec;
  return codec;
}

}  // namespace tocsin::wire
