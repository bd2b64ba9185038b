// The documents owned by Amazon that agents and runbooks expect to find everywhere.
#pragma once

#include <string_view>
#include <vector>

namespace tocsin::remediate {

struct BuiltinDocument {
  std::string_view name;
  std::string_view type;
  std::string_view json;
};

const std::vector<BuiltinDocument>& builtin_documents();
const BuiltinDocument* find_builtin_document(std::string_view name);

}  // namespace tocsin::remediate
