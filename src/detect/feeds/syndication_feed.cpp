// RSS (https://www.rssboard.org/rss-specification) and Atom (RFC 4287), read by Expat.
#include <expat.h>

#include <algorithm>
#include <memory>

#include "base/letters.h"
#include "base/text_time.h"
#include "detect/feeds/feed.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t entries_max = 200, text_max = 16'384, depth_max = 64;

struct Item {
  std::string id, title, link, description, content, updated, published;
  std::vector<std::string> categories;
};

/// "Resolved - all is well": the words that status pages begin an update with. The first line that does says how it stands.
std::optional<bool> over_by_lines(const std::string& text) {
  static constexpr std::string_view over[] = {"resolved", "completed", "postmortem"};
  static constexpr std::string_view lasting[] = {"investigating", "identified",  "monitoring", "update",
                                                 "scheduled",     "in progress", "verifying"};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    const std::string_view word = line.substr(0, std::min(line.find(" - "), line.size()));
    if (std::ranges::find(over, word) != std::end(over)) return true;
    if (std::ranges::find(lasting, word) != std::end(lasting)) return false;
    at = end + 1;
  }
  return std::nullopt;
}

bool says_over(const std::string& title, const std::string& text) {
  const std::string low_text = lower_case(text);
  if (const auto by_lines = over_by_lines(low_text)) return *by_lines;
  const std::string words = lower_case(title) + "\n" + low_text.substr(0, 300);
  for (const std::string_view sign :
       {"operating normally", "[resolved]", "resolved:", "has been resolved", "is resolved", "been completed"})
    if (words.find(sign) != std::string::npos) return true;
  return false;
}

std::optional<Instant> time_of(const std::string& text) {
  if (const auto time = parse_rfc3339(text)) return time;
  // RFC 822: a zone by name or offset; HTTP's form of it is always GMT
  const std::size_t zone = text.rfind(' ');
  if (zone == std::string::npos) return std::nullopt;
  const std::string name = text.substr(zone + 1);
  std::string head = text.substr(0, zone);
  if (const std::size_t comma = head.find(", "); comma != std::string::npos && head.find(' ', comma + 2) == comma + 3)
    head.insert(comma + 2, "0");
  auto time = parse_http_date(head + " GMT");
  if (!time) return std::nullopt;
  struct Zone {
    std::string_view name;
    int hours;
  };
  static constexpr Zone zones[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"Z", 0},    {"EST", -5}, {"EDT", -4},
                                   {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
  for (const Zone& known : zones)
    if (name == known.name) return *time - std::chrono::hours(known.hours);
  if (name.size() != 5 || (name[0] != '+' && name[0] != '-') || name.find_first_not_of("0123456789", 1) != std::string::npos)
    return std::nullopt;
  const int minutes = std::stoi(name.substr(1, 2)) * 60 + std::stoi(name.substr(3));
  return *time - std::chrono::minutes(name[0] == '-' ? -minutes : minutes);
}

FeedEntry entry_of(const Item& item) {
  FeedEntry entry{.id = !item.id.empty()     ? item.id
                        : !item.link.empty() ? item.link
                                             : item.title,
                  .title = plain_text(item.title),
                  .text = plain_text(item.content.empty() ? item.description : item.content),
                  .link = item.link};
  entry.is_over = says_over(entry.title, entry.text);
  entry.is_maintenance =
      lower_case(entry.text).starts_with("this is a scheduled event") || lower_case(entry.title).find("scheduled maintenance") != std::string::npos;
  entry.starts_at = time_of(item.published);
  entry.updated_at = time_of(item.updated.empty() ? item.published : item.updated);
  if (!entry.starts_at) entry.starts_at = entry.updated_at;
  for (const std::string& category : item.categories) entry.components.push_back({category});
  return entry;
}

/// What Expat tells, as items. Texts are gathered while the element that they belong to is open.
class Reader {
 public:
  Reader() : parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &Reader::on_start, &Reader::on_end);
    XML_SetCharacterDataHandler(parser_.get(), &Reader::on_text);
    // nobody who tells news needs entities of their own; those who attack do
    XML_SetEntityDeclHandler(parser_.get(), &Reader::on_entity);
  }

  Result<std::vector<FeedEntry>> read(std::string_view xml) {
    const bool good = XML_Parse(parser_.get(), xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
    if (!error_.empty()) return fail(ErrorKind::invalid, error_);
    if (!good)
      return fail(ErrorKind::invalid, "the answer is no XML: line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ": " +
                                          XML_ErrorString(XML_GetErrorCode(parser_.get())));
    if (!is_feed_) return fail(ErrorKind::invalid, "the answer is neither RSS nor Atom");
    return std::move(entries_);
  }

 private:
  static std::string_view local(const char* name) {
    const std::string_view whole(name);
    return whole.substr(whole.rfind(':') + 1);
  }
  static std::string attribute(const char** attributes, std::string_view name) {
    for (; attributes[0]; attributes += 2)
      if (name == attributes[0]) return std::string(attributes[1]).substr(0, text_max);
    return {};
  }

  void stop(const char* why) {
    error_ = why;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  static void on_entity(void* self, const XML_Char*, int, const XML_Char*, int, const XML_Char*, const XML_Char*, const XML_Char*,
                        const XML_Char*) {
    static_cast<Reader*>(self)->stop("the answer declares entities");
  }

  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<Reader*>(self)->start(local(name), attributes);
  }
  static void on_end(void* self, const XML_Char*) { static_cast<Reader*>(self)->end(); }
  static void on_text(void* self, const XML_Char* text, int length) {
    Reader& reader = *static_cast<Reader*>(self);
    if (reader.field_ && reader.field_->size() < text_max) reader.field_->append(text, static_cast<std::size_t>(length));
  }

  void start(std::string_view name, const char** attributes) {
    if (++depth_ > depth_max) return stop("the answer is nested too deep");
    if (depth_ == 1) is_feed_ = name == "rss" || name == "feed" || name == "RDF";
    if (item_depth_ == 0 && (name == "item" || name == "entry")) {
      item_depth_ = depth_;
      item_ = {};
    } else if (item_depth_ > 0 && depth_ == item_depth_ + 1) {
      open_field(name, attributes);
    }
  }

  void open_field(std::string_view name, const char** attributes) {
    if (name == "guid" || name == "id") field_ = &item_.id;
    if (name == "title") field_ = &item_.title;
    if (name == "description" || name == "summary") field_ = &item_.description;
    if (name == "encoded" || name == "content") field_ = &item_.content;
    if (name == "pubDate" || name == "published") field_ = &item_.published;
    if (name == "date" && item_.published.empty()) field_ = &item_.published;
    if (name == "updated") field_ = &item_.updated;
    if (name == "link") {
      const std::string rel = attribute(attributes, "rel"), href = attribute(attributes, "href");
      if (!href.empty() && (rel.empty() || rel == "alternate")) item_.link = href;
      if (href.empty()) field_ = &item_.link;
    }
    if (name == "category" && item_.categories.size() < 50) {
      item_.categories.push_back(attribute(attributes, "term"));
      field_ = &item_.categories.back();
    }
    field_depth_ = field_ ? depth_ : 0;
  }

  void end() {
    if (depth_ == field_depth_) field_ = nullptr, field_depth_ = 0;
    if (depth_ == item_depth_) {
      item_depth_ = 0;
      std::erase_if(item_.categories, [](const std::string& category) { return category.empty() || category.size() > 256; });
      FeedEntry entry = entry_of(item_);
      if (!entry.id.empty() && entry.id.size() <= 2048 && entries_.size() < entries_max) entries_.push_back(std::move(entry));
    }
    --depth_;
  }

  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::size_t depth_ = 0, item_depth_ = 0, field_depth_ = 0;
  bool is_feed_ = false;
  Item item_;
  std::string* field_ = nullptr;
  std::string error_;
  std::vector<FeedEntry> entries_;
};

}  // namespace

Result<std::vector<FeedEntry>> read_syndication(std::string_view xml) { return Reader().read(xml); }

}  // namespace tocsin::detect
