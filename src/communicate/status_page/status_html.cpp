#include "communicate/status_page/status_html.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::status_page {
namespace {

using incidents::CustomerState;
using updates::ComponentStatus;
using updates::PublicIncident;

constexpr std::size_t past_incidents_max = 15;
constexpr std::size_t posts_shown_max = 12;

// text contrasts are at least 4.5:1 in both schemes; a state is a word, a shape and a colour
constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#16191f;--dim:#4a5361;--line:#d5dae1;--link:#0b5cad;--ok:#146c35;--minor:#7a5200;--major:#a33f00;--critical:#a3131c;--work:#0b5cad}
@media(prefers-color-scheme:dark){:root{--bg:#10141a;--card:#1a2029;--ink:#eef1f5;--dim:#aab4c2;--line:#37414f;--link:#7ab8ff;--ok:#74d695;--minor:#f0c35e;--major:#ffab73;--critical:#ff9a9a;--work:#7ab8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.wrap{max-width:46rem;margin:0 auto;padding:20px 16px 40px}
header h1{font-size:1.35rem;margin:0 0 1rem}
h2{font-size:1.1rem;margin:2rem 0 .6rem}
h3{font-size:1.05rem;margin:0 0 .35rem;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:0 0 12px}
.banner{display:flex;gap:.75rem;align-items:center;font-size:1.2rem;font-weight:700;border-left-width:8px}
.banner svg,.state svg{flex:none}
.state{display:inline-flex;vertical-align:bottom;gap:.4rem;align-items:center;font-weight:600;white-space:nowrap}
.none{color:var(--ok)}.minor{color:var(--minor)}.major{color:var(--major)}.critical{color:var(--critical)}.maintenance{color:var(--work)}
.banner.none,.incident.none{border-left-color:var(--ok)}.banner.minor,.incident.minor{border-left-color:var(--minor)}.banner.major,.incident.major{border-left-color:var(--major)}.banner.critical,.incident.critical{border-left-color:var(--critical)}.banner.maintenance{border-left-color:var(--work)}
.incident{border-left-width:8px;color:var(--ink)}
ul.components{list-style:none;padding:4px 16px}
ul.components li{display:flex;justify-content:space-between;gap:1rem;padding:.65rem 0;border-top:1px solid var(--line)}
ul.components li:first-child{border-top:0}
.components .name{overflow-wrap:anywhere}
ol.posts{list-style:none;margin:.75rem 0 0;padding:0}
ol.posts li{padding:.6rem 0 0;margin-top:.6rem;border-top:1px solid var(--line)}
ol.posts p{margin:.1rem 0 0;overflow-wrap:anywhere}
.dim{color:var(--dim);font-size:.9rem}
p{margin:.25rem 0}
footer{margin-top:2.5rem;color:var(--dim);font-size:.9rem}
footer a{display:inline-block;padding:4px 8px 4px 0;min-height:24px}
)css";

std::string shape(std::string_view kind) {
  const char* path = "<circle cx=\"9\" cy=\"9\" r=\"8\"/>";                                // a disc: well
  if (kind == "minor") path = "<path d=\"M9 1l8 15H1z\"/>";                                // a triangle
  if (kind == "major") path = "<path d=\"M9 1l8 8-8 8-8-8z\"/>";                           // a diamond
  if (kind == "critical") path = "<path d=\"M5.5 1h7L17 5.5v7L12.5 17h-7L1 12.5v-7z\"/>";  // an octagon
  if (kind == "maintenance") path = "<rect x=\"2\" y=\"2\" width=\"14\" height=\"14\"/>";  // a square
  return fmt::format("<svg width=\"18\" height=\"18\" viewBox=\"0 0 18 18\" fill=\"currentColor\" aria-hidden=\"true\">{}</svg>", path);
}

std::string state_words(CustomerState state) {
  std::string text(incidents::to_text(state));
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string time_element(Instant at) {
  const std::string text = to_rfc3339(at);
  return fmt::format("<time datetime=\"{}\">{} {} UTC</time>", text, text.substr(0, 10), text.substr(11, 5));
}

std::string shell(const StatusView& view, const std::string& title, const std::string& root, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<title>{}</title>\n<link rel=\"alternate\" type=\"application/rss+xml\" title=\"RSS\" href=\"{}history.rss\">\n"
      "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"Atom\" href=\"{}history.atom\">\n<style>{}</style>\n</head>\n<body>\n"
      "<div class=\"wrap\">\n{}<footer>\n<p>As of {}. All times are UTC.</p>\n<nav aria-label=\"Feeds\"><a href=\"{}history.rss\">RSS</a> "
      "<a "
      "href=\"{}history.atom\">Atom</a> <a href=\"{}api/v2/summary.json\">JSON</a></nav>\n</footer>\n</div>\n</body>\n</html>\n",
      escape_html(title), root, root, style, body, time_element(view.as_of), root, root, root);
}

std::string post_list(const PublicIncident& incident, std::size_t count_max) {
  std::string out = "<ol class=\"posts\">\n";
  std::size_t shown = 0;
  for (const auto& post : incident.posts) {
    if (shown++ == count_max) break;
    out += fmt::format("<li><strong>{}</strong> <span class=\"dim\">{}</span><p>{}</p></li>\n", state_words(post.state),
                       time_element(post.posted), escape_html(post.body));
  }
  return out + "</ol>\n";
}

std::string affected(const PublicIncident& incident) {
  std::string names;
  for (const auto& name : incident.components) names += (names.empty() ? "" : ", ") + escape_html(name);
  return names;
}

std::string incident_card(const PublicIncident& incident, std::string_view kind, std::size_t posts_max) {
  const std::string names = affected(incident);
  std::string out = fmt::format("<article class=\"card incident {}\">\n<h3><a href=\"incidents/{}.html\">{}</a></h3>\n", kind, incident.id,
                                escape_html(incident.name));
  out += fmt::format("<p><span class=\"state {}\">{}{}</span>{}</p>\n", kind, shape(kind), state_words(incident.state),
                     names.empty() ? "" : " <span class=\"dim\">· " + names + "</span>");
  return out + post_list(incident, posts_max) + "</article>\n";
}

std::string banner(const StatusView& view) {
  const ComponentStatus status = overall(view);
  return fmt::format("<p class=\"card banner {}\" role=\"status\">{}<span>{}</span></p>\n", indicator(status), shape(indicator(status)),
                     description(status));
}

std::string component_list(const StatusView& view) {
  if (view.components.empty()) return {};
  std::string out = "<h2>Components</h2>\n<ul class=\"card components\">\n";
  for (const auto& component : view.components) {
    const auto kind = indicator(component.status);
    out += fmt::format("<li><span class=\"name\">{}</span><span class=\"state {}\">{}{}</span></li>\n", escape_html(component.name), kind,
                       shape(kind), updates::to_words(component.status));
  }
  return out + "</ul>\n";
}

std::string maintenance_list(const StatusView& view) {
  std::string out;
  for (const auto state : {updates::MaintenanceState::in_progress, updates::MaintenanceState::scheduled})
    for (const auto& each : in_state(view, state))
      out += fmt::format("<article class=\"card\"><h3>{}</h3><p class=\"dim\">{} to {}</p><p>{}</p></article>\n", escape_html(each.name),
                         time_element(each.from), time_element(each.to), escape_html(each.body));
  return out.empty() ? out : "<h2>Maintenance</h2>\n" + out;
}

std::string open_list(const StatusView& view) {
  std::string out;
  for (const auto& incident : view.incidents)
    if (!incident.resolved) out += incident_card(incident, updates::to_text(incident.impact), posts_shown_max);
  return out.empty() ? out : "<h2>Now</h2>\n" + out;
}

std::string past_list(const StatusView& view) {
  std::string out = "<h2>Past incidents</h2>\n";
  std::size_t shown = 0;
  for (const auto& incident : view.incidents) {
    if (!incident.resolved || shown == past_incidents_max) continue;
    ++shown;
    out += incident_card(incident, "none", 4);
  }
  return shown > 0 ? out : out + "<p class=\"dim\">None.</p>\n";
}

}  // namespace

std::string index_html(const StatusView& view) {
  const std::string body = fmt::format("<header><h1>{}</h1></header>\n<main>\n{}{}{}{}{}</main>\n", escape_html(view.title), banner(view),
                                       open_list(view), component_list(view), maintenance_list(view), past_list(view));
  return shell(view, fmt::format("{}: {}", view.title, description(overall(view))), "", body);
}

std::string incident_html(const StatusView& view, const PublicIncident& incident) {
  const std::string_view kind = incident.resolved ? "none" : updates::to_text(incident.impact);
  const std::string names = affected(incident);
  std::string body =
      fmt::format("<header><p><a href=\"../index.html\">← {}</a></p><h1>{}</h1></header>\n<main>\n<article class=\"card incident {}\">\n",
                  escape_html(view.title), escape_html(incident.name), kind);
  body += fmt::format("<p><span class=\"state {}\">{}{}</span></p>\n", kind, shape(kind), state_words(incident.state));
  body += fmt::format("<p class=\"dim\">Since {}{}{}</p>\n", time_element(incident.started),
                      incident.resolved ? ", resolved " + time_element(*incident.resolved) : "", names.empty() ? "" : " · " + names);
  body += post_list(incident, 100) + "</article>\n</main>\n";
  return shell(view, incident.name + " – " + view.title, "../", body);
}

std::string not_found_html(const StatusView& view) {
  return shell(view, "Not found – " + view.title, "",
               fmt::format("<header><h1>{}</h1></header>\n<main><p class=\"card\">This page is not here. <a href=\"/status/\">See the "
                           "status page</a>.</p></main>\n",
                           escape_html(view.title)));
}

}  // namespace tocsin::status_page
