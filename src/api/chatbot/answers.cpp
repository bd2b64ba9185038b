#include "api/chatbot/answers.h"

#include <boost/json.hpp>
#include <charconv>

namespace tocsin::api::chatbot {

Reply page_of(const ListTokens& tokens, const Call& call, Array all, std::string_view member, int page_default) {
  std::size_t from = 0;
  if (const auto token = text_at(call.input, "NextToken")) {
    const auto opened = tokens.open(call, *token);
    if (!opened) return refuse("InvalidParameterException", "The NextToken is not valid.");
    std::from_chars(opened->data(), opened->data() + opened->size(), from);
  }
  const auto size = static_cast<std::size_t>(integer_or(call.input, "MaxResults", page_default));
  Array page;
  for (std::size_t i = from; i < all.size() && page.size() < size; ++i) page.push_back(std::move(all[i]));
  Object out;
  if (from + size < all.size()) out["NextToken"] = tokens.seal(call, std::to_string(from + size));
  out[member] = std::move(page);
  return out;
}

chat::Tags tags_of(const Document& input, std::string_view member) {
  chat::Tags out;
  for (const Document& tag : array_at(input, member)) out[text_or(tag, "TagKey")] = text_or(tag, "TagValue");
  return out;
}

}  // namespace tocsin::api::chatbot
