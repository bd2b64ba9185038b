#include "communicate/status_page/feeds.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::status_page {
namespace {

struct Entry {
  std::string link, title, html;
  Instant published, updated;
};

std::string posts_html(const updates::PublicIncident& incident) {
  std::string out;
  for (const auto& post : incident.posts)
    out += fmt::format("<p><small>{}</small><br><strong>{}</strong> - {}</p>", to_rfc3339(post.posted), incidents::to_text(post.state),
                       escape_html(post.body));
  return out;
}

std::vector<Entry> entries_of(const StatusView& view) {
  std::vector<Entry> out;
  for (const auto& i : view.incidents)
    out.push_back({view.page_url + "incidents/" + i.id + ".html", i.name, posts_html(i), i.created, i.updated});
  for (const auto& m : view.maintenances)
    out.push_back({view.page_url + "#" + m.id, "Maintenance: " + m.name,
                   fmt::format("<p>{} to {}</p><p>{}</p>", to_rfc3339(m.from), to_rfc3339(m.to), escape_html(m.body)), m.from, m.from});
  return out;
}

}  // namespace

std::string rss_feed(const StatusView& view) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
      "xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>{0}</title>\n<link>{1}</link>\n"
      "<description>{0}</description>\n<atom:link href=\"{1}history.rss\" rel=\"self\" "
      "type=\"application/rss+xml\"/>\n<pubDate>{2}</pubDate>\n",
      escape_xml(view.title), escape_xml(view.page_url), to_http_date(view.as_of));
  for (const Entry& entry : entries_of(view))
    out += fmt::format(
        "<item>\n<title>{}</title>\n<description>{}</description>\n<pubDate>{}</pubDate>\n<link>{}</link>\n<guid>{}</guid>\n</item>\n",
        escape_xml(entry.title), escape_xml(entry.html), to_http_date(entry.published), escape_xml(entry.link), escape_xml(entry.link));
  return out + "</channel>\n</rss>\n";
}

std::string atom_feed(const StatusView& view) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed "
      "xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{0}</id>\n<title>{1}</title>\n<updated>{2}</updated>\n"
      "<author><name>{1}</name></author>\n<link rel=\"alternate\" type=\"text/html\" href=\"{0}\"/>\n<link rel=\"self\" "
      "href=\"{0}history.atom\"/>\n",
      escape_xml(view.page_url), escape_xml(view.title), to_rfc3339(view.as_of));
  for (const Entry& entry : entries_of(view))
    out += fmt::format(
        "<entry>\n<id>{0}</id>\n<published>{1}</published>\n<updated>{2}</updated>\n<link rel=\"alternate\" type=\"text/html\" "
        "href=\"{0}\"/>\n"
        "<title>{3}</title>\n<content type=\"html\">{4}</content>\n</entry>\n",
        escape_xml(entry.link), to_rfc3339(entry.published), to_rfc3339(entry.updated), escape_xml(entry.title), escape_xml(entry.html));
  return out + "</feed>\n";
}

}  // namespace tocsin::status_page
