#include "delivery/chat/chat_message.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::delivery {
namespace {

// lengths that the services take
constexpr std::size_t slack_section_max = 2900, slack_field_max = 1900, slack_header_max = 148, discord_description_max = 4000,
                      discord_title_max = 250, fields_max = 10;

std::string cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string_view word_of(ChatTone tone) {
  switch (tone) {
    case ChatTone::bad:
      return "bad";
    case ChatTone::warning:
      return "warning";
    case ChatTone::good:
      return "good";
    case ChatTone::plain:
      return "";
  }
  return "";
}
// ▲ ● ✓: a shape beside the colour
std::string_view shape_of(ChatTone tone) {
  switch (tone) {
    case ChatTone::bad:
      return "🔴 ";
    case ChatTone::warning:
      return "🟠 ";
    case ChatTone::good:
      return "✅ ";
    case ChatTone::plain:
      return "";
  }
  return "";
}
constexpr int colour_of(ChatTone tone) {
  return tone == ChatTone::bad ? 0xb3261e : tone == ChatTone::warning ? 0xb26a00 : tone == ChatTone::good ? 0x1e7d32 : 0x5f6b7a;
}
std::string hex_colour(ChatTone tone) {
  const int c = colour_of(tone);
  const char bytes[] = {static_cast<char>(c >> 16), static_cast<char>(c >> 8), static_cast<char>(c)};
  return "#" + to_hex({bytes, 3});
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// a blank of no width behind @, so that nobody is called who was not meant
std::string unmentioned(const std::string& text) { return replaced(text, "@", "@\xe2\x80\x8b"); }

// Slack's own Markdown: escaped, *bold*, <url|label>
std::string slack_text(const std::string& text) {
  std::string out = replaced(replaced(replaced(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
  out = replaced(out, "**", "*");
  for (std::size_t open = out.find('['); open != std::string::npos; open = out.find('[', open + 1)) {
    const std::size_t middle = out.find("](http", open);
    const std::size_t close = middle == std::string::npos ? middle : out.find(')', middle);
    if (close == std::string::npos || out.substr(open, middle - open).find('\n') != std::string::npos) continue;
    const std::string link = "<" + out.substr(middle + 2, close - middle - 2) + "|" + out.substr(open + 1, middle - open - 1) + ">";
    out.replace(open, close + 1 - open, link);
  }
  return out;
}

std::string markdown_links(const ChatMessage& message) {
  std::string out;
  for (const auto& [label, url] : message.links) out += (out.empty() ? "" : " · ") + ("[" + label + "](" + url + ")");
  return out;
}

std::string markdown(const ChatMessage& message) {
  std::string out = unmentioned(message.text);
  for (const auto& [name, value] : message.fields) out += "\n**" + name + "** " + unmentioned(value);
  if (!message.footer.empty()) out += "\n_" + unmentioned(message.footer) + "_";
  return out;
}

Document slack_body(const ChatMessage& m, const std::string& channel) {
  Array blocks{Object{{"type", "header"},
                      {"text", Object{{"type", "plain_text"}, {"text", cut(std::string(shape_of(m.tone)) + m.title, slack_header_max)}}}}};
  const auto section = [](std::string text) { return Object{{"type", "mrkdwn"}, {"text", cut(text, slack_section_max)}}; };
  if (!m.text.empty()) blocks.push_back(Object{{"type", "section"}, {"text", section(slack_text(m.text))}});
  Array fields;
  for (const auto& [name, value] : m.fields)
    if (fields.size() < fields_max) fields.push_back(section(cut("*" + slack_text(name) + "*\n" + slack_text(value), slack_field_max)));
  if (!fields.empty()) blocks.push_back(Object{{"type", "section"}, {"fields", std::move(fields)}});
  Array buttons;
  for (const auto& [label, url] : m.links) {
    Object button{{"type", "button"}, {"text", Object{{"type", "plain_text"}, {"text", cut(label, 70)}}}, {"url", url}};
    if (buttons.empty()) button["style"] = "primary";
    buttons.push_back(std::move(button));
  }
  if (!buttons.empty()) blocks.push_back(Object{{"type", "actions"}, {"elements", std::move(buttons)}});
  if (!m.footer.empty()) blocks.push_back(Object{{"type", "context"}, {"elements", Array{section(slack_text(m.footer))}}});
  Object out{{"text", slack_text(std::string(shape_of(m.tone)) + m.title)}, {"blocks", std::move(blocks)}};
  if (!channel.empty()) out["channel"] = channel;
  return out;
}

Document teams_body(const ChatMessage& m) {
  const char* colour = m.tone == ChatTone::bad       ? "attention"
                       : m.tone == ChatTone::warning ? "warning"
                       : m.tone == ChatTone::good    ? "good"
                                                     : "default";
  Array body{Object{{"type", "TextBlock"},
                    {"text", std::string(shape_of(m.tone)) + m.title},
                    {"weight", "bolder"},
                    {"size", "large"},
                    {"wrap", true},
                    {"color", colour}}};
  if (!m.text.empty()) body.push_back(Object{{"type", "TextBlock"}, {"text", replaced(m.text, "\n", "\n\n")}, {"wrap", true}});
  Array facts, actions;
  for (const auto& [name, value] : m.fields) facts.push_back(Object{{"title", name}, {"value", value}});
  if (!facts.empty()) body.push_back(Object{{"type", "FactSet"}, {"facts", std::move(facts)}});
  if (!m.footer.empty())
    body.push_back(Object{{"type", "TextBlock"}, {"text", m.footer}, {"wrap", true}, {"isSubtle", true}, {"size", "small"}});
  for (const auto& [label, url] : m.links) actions.push_back(Object{{"type", "Action.OpenUrl"}, {"title", label}, {"url", url}});
  Object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
              {"type", "AdaptiveCard"},
              {"version", "1.4"},
              {"body", std::move(body)}};
  if (!actions.empty()) card["actions"] = std::move(actions);
  return Object{{"type", "message"},
                {"attachments", Array{Object{{"contentType", "application/vnd.microsoft.card.adaptive"}, {"content", std::move(card)}}}}};
}

Document mattermost_body(const ChatMessage& m, const std::string& channel) {
  Array fields;
  for (const auto& [name, value] : m.fields)
    fields.push_back(Object{{"title", name}, {"value", unmentioned(value)}, {"short", value.size() < 40}});
  std::string text = unmentioned(m.text);
  if (!m.links.empty()) text += (text.empty() ? "" : "\n\n") + markdown_links(m);
  Object attachment{{"fallback", m.title},
                    {"color", hex_colour(m.tone)},
                    {"title", std::string(shape_of(m.tone)) + m.title},
                    {"text", text},
                    {"fields", std::move(fields)}};
  if (!m.footer.empty()) attachment["footer"] = m.footer;
  Object out{{"username", "Tocsin"}, {"attachments", Array{std::move(attachment)}}};
  if (!channel.empty()) out["channel"] = channel;
  return out;
}

Document discord_body(const ChatMessage& m) {
  Array fields;
  for (const auto& [name, value] : m.fields)
    if (fields.size() < 25)
      fields.push_back(Object{{"name", cut(name, 250)}, {"value", cut(value.empty() ? "-" : value, 1000)}, {"inline", value.size() < 40}});
  std::string text = m.text;
  if (!m.links.empty()) text += (text.empty() ? "" : "\n\n") + markdown_links(m);
  Object embed{{"title", cut(std::string(shape_of(m.tone)) + m.title, discord_title_max)},
               {"description", cut(text, discord_description_max)},
               {"color", colour_of(m.tone)},
               {"fields", std::move(fields)}};
  if (!m.footer.empty()) embed["footer"] = Object{{"text", cut(m.footer, 2000)}};
  return Object{{"username", "Tocsin"}, {"embeds", Array{std::move(embed)}}, {"allowed_mentions", Object{{"parse", Array{}}}}};
}

std::vector<std::pair<std::string, std::string>> pairs_at(const Document& document, std::string_view key) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Document& each : array_at(document, key))
    if (each.is_array() && each.get_array().size() == 2 && each.get_array()[0].is_string() && each.get_array()[1].is_string())
      out.emplace_back(std::string_view(each.get_array()[0].get_string()), std::string_view(each.get_array()[1].get_string()));
  return out;
}

Array pairs(const std::vector<std::pair<std::string, std::string>>& all) {
  Array out;
  for (const auto& [first, second] : all) out.push_back(Array{Document(first), Document(second)});
  return out;
}

}  // namespace

Document to_document(const ChatMessage& m) {
  return Object{{"title", m.title},          {"text", m.text},          {"tone", word_of(m.tone)},
                {"fields", pairs(m.fields)}, {"links", pairs(m.links)}, {"footer", m.footer}};
}

ChatMessage chat_message_from(const Document& d) {
  ChatMessage out{.title = text_or(d, "title"),
                  .text = text_or(d, "text"),
                  .fields = pairs_at(d, "fields"),
                  .links = pairs_at(d, "links"),
                  .footer = text_or(d, "footer")};
  for (const ChatTone tone : {ChatTone::bad, ChatTone::warning, ChatTone::good})
    if (word_of(tone) == text_or(d, "tone")) out.tone = tone;
  return out;
}

Document chat_body(ChatService service, const ChatMessage& message, const std::string& channel) {
  switch (service) {
    case ChatService::slack:
      return slack_body(message, channel);
    case ChatService::teams:
      return teams_body(message);
    case ChatService::mattermost:
      return mattermost_body(message, channel);
    case ChatService::discord:
      return discord_body(message);
    case ChatService::chime: {
      std::string text = "**" + std::string(shape_of(message.tone)) + message.title + "**\n" + markdown(message);
      if (!message.links.empty()) text += "\n" + markdown_links(message);
      return Object{{"Content", "/md " + cut(text, 4000)}};
    }
  }
  return {};
}

}  // namespace tocsin::delivery
