#include "wire/aws/parameter_tree.h"

#include <charconv>

#include "base/encoding.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t depth_max = 64;

}  // namespace

const ParameterNode* ParameterNode::child(std::string_view name) const {
  const auto at = children.find(name);
  return at == children.end() ? nullptr : &at->second;
}

std::map<unsigned, const ParameterNode*> ParameterNode::numbered() const {
  std::map<unsigned, const ParameterNode*> ordered;
  for (const auto& [name, child] : children) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size()) ordered[number] = &child;
  }
  return ordered;
}

Parsed<ParameterNode> parameter_tree(const HttpRequest& request, std::size_t nodes_max) {
  ParameterNode root;
  std::size_t nodes = 0;
  for (auto& [key, value] : parse_form(request.method == "GET" || request.body.empty() ? request.query : request.body)) {
    ParameterNode* at = &root;
    std::size_t depth = 0;
    for (std::string_view rest = key;;) {
      if (++nodes > nodes_max) return wire_fail("MalformedQueryString", "The request has too many parameters");
      if (++depth > depth_max) return wire_fail("MalformedQueryString", "A parameter's name has too many parts");
      const std::size_t dot = rest.find('.');
      at = &at->children[std::string(rest.substr(0, dot))];
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    at->value = std::move(value);
  }
  return root;
}

}  // namespace tocsin::wire
