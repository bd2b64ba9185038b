#include "incidents/evidence_command.h"

#include <boost/json.hpp>
#include <cctype>

namespace tocsin::incidents {

std::string shell_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string command_line_name(std::string_view operation) {
  std::string out;
  for (std::size_t at = 0; at < operation.size(); ++at) {
    const auto c = static_cast<unsigned char>(operation[at]);
    const bool word_begins = std::isupper(c) && at > 0 && std::islower(static_cast<unsigned char>(operation[at - 1]));
    if (word_begins) out += '-';
    out += static_cast<char>(std::tolower(c));
  }
  return out;
}

std::string evidence_command(const Document& query) {
  if (const auto command = text_at(query, "command")) return *command;
  const auto service = text_at(query, "service"), operation = text_at(query, "operation");
  if (!service || !operation) return {};
  std::string out = "aws " + *service + ' ' + command_line_name(*operation);
  const Object& parameters = object_at(query, "parameters");
  if (!parameters.empty()) out += " --cli-input-json " + shell_quote(to_json(parameters));
  return out;
}

}  // namespace tocsin::incidents
