// The parameters of a form as a tree: "Entries.member.1.Id=x" is Entries, member, 1, Id. What the query protocol and EC2's read.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "wire/aws/codec.h"

namespace tocsin::wire {

struct ParameterNode {
  std::string value;
  std::map<std::string, ParameterNode, std::less<>> children;

  /// nullptr when there is none.
  const ParameterNode* child(std::string_view name) const;
  /// The children named 1, 2, 3 ..., by their numbers.
  std::map<unsigned, const ParameterNode*> numbered() const;
};

/// Of the body, or of the query string when there is no body. MalformedQueryString for more than `nodes_max` parts or 64 in one name.
Parsed<ParameterNode> parameter_tree(const HttpRequest& request, std::size_t nodes_max);

}  // namespace tocsin::wire
