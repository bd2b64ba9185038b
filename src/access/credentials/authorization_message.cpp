#include "access/credentials/authorization_message.h"

#include "base/encoding.h"

namespace tocsin::access {
namespace {
std::string context_of(const std::string& account) { return "authorization message of " + account; }
}  // namespace

std::string seal_authorization_message(const SecretBox& box, const std::string& account, std::string_view message) {
  return to_base64url(*from_base64(box.seal(message, context_of(account))));
}

std::optional<std::string> open_authorization_message(const SecretBox& box, const std::string& account, std::string_view sealed) {
  std::string text(sealed);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  auto message = box.open(text, context_of(account));
  if (!message) return std::nullopt;
  return std::move(*message);
}

}  // namespace tocsin::access
