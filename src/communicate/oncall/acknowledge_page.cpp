#include "communicate/oncall/acknowledge_page.h"

#include <fmt/format.h>

#include <string_view>

#include "base/encoding.h"
#include "base/text_time.h"
#include "communicate/oncall/page_message.h"

namespace tocsin::oncall {
namespace {

// contrasts are at least 4.5:1 for text in both schemes; targets at least 48 px high
constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#16191f;--dim:#4a5361;--line:#d5dae1;--go:#0b5cad;--go-ink:#fff;--bad:#a3131c}
@media(prefers-color-scheme:dark){:root{--bg:#10141a;--card:#1a2029;--ink:#eef1f5;--dim:#aab4c2;--line:#37414f;--go:#7ab8ff;--go-ink:#08121f;--bad:#ff9a9a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:17px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:36rem;margin:0 auto;padding:16px}
h1{font-size:1.4rem;line-height:1.25;margin:.25rem 0 .75rem;overflow-wrap:anywhere}
.sev{display:inline-block;border:2px solid var(--bad);color:var(--bad);font-weight:700;border-radius:4px;padding:0 .5rem;margin-bottom:.25rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:0 0 16px}
dl{margin:0}dt{color:var(--dim);font-size:.85rem;margin-top:.7rem}dt:first-child{margin-top:0}dd{margin:0;overflow-wrap:anywhere}
.value{font-size:1.3rem;font-weight:700}
ul{margin:0;padding-left:1.2rem}
label{display:block;color:var(--dim);font-size:.85rem}
input{width:100%;min-height:48px;font:inherit;padding:0 .75rem;margin:.25rem 0 1rem;border:2px solid var(--line);border-radius:10px;background:var(--bg);color:var(--ink)}
button{width:100%;min-height:56px;font:inherit;font-weight:700;font-size:1.15rem;border:0;border-radius:10px;background:var(--go);color:var(--go-ink);cursor:pointer}
button.quiet{background:transparent;color:var(--ink);border:2px solid var(--line)}
button:focus-visible,input:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0 0;font-size:.85rem}
footer{color:var(--dim);font-size:.85rem}
)css";

std::string shell(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<meta name=\"robots\" "
      "content=\"noindex\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      escape_html(title), style, body);
}

std::string entry(std::string_view name, const std::string& value, std::string_view css_class = {}) {
  if (value.empty()) return {};
  const std::string attribute = css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<dt>{}</dt><dd{}>{}</dd>\n", name, attribute, escape_html(value));
}

std::string heading(const PageFacts& facts) {
  const std::string severity = facts.severity.empty() ? "" : fmt::format("<span class=\"sev\">{}</span>\n", escape_html(facts.severity));
  return severity + fmt::format("<h1>{}</h1>\n", escape_html(facts.what));
}

std::string findings(const PageFacts& facts) {
  if (facts.findings.empty()) return {};
  std::string out = "<dt>Found so far</dt><dd><ul>\n";
  for (const std::string& finding : facts.findings) out += "<li>" + escape_html(finding) + "</li>\n";
  return out + "</ul></dd>\n";
}

std::string context(const AcknowledgeView& view) {
  const PageFacts& f = view.facts;
  std::string out = "<section class=\"card\" aria-label=\"What is known\">\n<dl>\n";
  out += entry("Summary", f.summary);
  out += entry("Value", f.value, "value");
  if (f.since) out += entry("Since", clock_words(*f.since) + ", " + to_rfc3339(*f.since).substr(0, 10));
  out += entry("Impact", f.component.empty() ? f.impact : f.impact + " · " + f.component);
  out += entry("State", view.state);
  out += entry("Why you", view.why_you);
  out += entry("Next", view.next);
  out += entry("Last change", f.last_change);
  out += findings(f);
  out += entry("Runbook", f.runbook);
  out += entry("The alarm says", f.why_alarm);
  out += entry("Message", f.content);
  if (!f.evidence_command.empty()) out += "<dt>All evidence</dt><dd><pre>" + escape_html(f.evidence_command) + "</pre></dd>\n";
  return out + "</dl>\n</section>\n";
}

std::string form(const std::string& action, std::string_view label, std::string_view css_class) {
  const std::string attribute = css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<form method=\"post\" action=\"{}\" class=\"card\"><button{}>{}</button></form>\n", escape_html(action), attribute,
                     label);
}

}  // namespace

std::string acknowledge_form(const AcknowledgeView& view) {
  std::string body = heading(view.facts);
  body += form(view.action, "Acknowledge", "");
  body += context(view);
  body += fmt::format("<footer><p>Paged: {}. As of {}. Acknowledging stops the escalation; you can take it back.</p></footer>\n",
                      escape_html(view.contact_name), escape_html(view.as_of));
  return shell(view.facts.severity + " " + view.facts.what, body);
}

std::string acknowledged_page(const AcknowledgeView& view, const std::string& undo_action) {
  std::string body = heading(view.facts);
  body +=
      fmt::format("<p class=\"card\" role=\"status\"><strong>✓ Acknowledged</strong> by {} at {}. Nobody else is paged for this now.</p>\n",
                  escape_html(view.contact_name), escape_html(view.as_of));
  body += context(view);
  body += form(undo_action, "Take it back: page the next one", "quiet");
  return shell("Acknowledged: " + view.facts.what, body);
}

std::string digest_page(const std::string& action, const std::vector<DigestLine>& lines) {
  const std::string title = fmt::format("{} pages that came at once", lines.size());
  std::string body = fmt::format("<h1>{}</h1>\n", title);
  if (action.empty())
    body += "<p class=\"card\" role=\"status\"><strong>✓ Acknowledged</strong>, all of them.</p>\n";
  else
    body += form(action, "Acknowledge all", "");
  body += "<section class=\"card\" aria-label=\"The pages\">\n<dl>\n";
  for (const DigestLine& line : lines) body += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape_html(line.state), escape_html(line.words));
  return shell(title, body + "</dl>\n</section>\n");
}

std::string named_form(const NamedAct& act) {
  std::string body = heading({.severity = act.severity, .what = act.what});
  if (!act.summary.empty()) body += fmt::format("<p>{}</p>\n", escape_html(act.summary));
  body += fmt::format(
      "<form method=\"post\" action=\"{}\" class=\"card\">\n<label for=\"who\">Your name</label>\n<input id=\"who\" name=\"who\" "
      "maxlength=\"80\" autocomplete=\"name\" required>\n<button>{}</button></form>\n",
      escape_html(act.action), escape_html(act.label));
  return shell(act.severity.empty() ? act.what : act.severity + " " + act.what, body);
}

std::string notice_page(const std::string& heading, const std::string& words) {
  return shell(heading, fmt::format("<h1>{}</h1>\n<p class=\"card\">{}</p>\n", escape_html(heading), escape_html(words)));
}

}  // namespace tocsin::oncall
