#include "communicate/templates/message_templates.h"

#include <fstream>
#include <sstream>

namespace tocsin::templates {
namespace {

std::vector<std::string> known_names() {
  std::vector<std::string> out;
  for (const auto& [name, sample] : sample_values()) out.push_back(name);
  return out;
}

const std::vector<Template>& defaults() {
  static const std::vector<Template> all = {
      {"page.mail.subject", "the subject of a page by mail",
       "{{#severity}}[{{severity}}] {{/severity}}{{what}}{{#value_full}}: {{value_full}}{{/value_full}}{{#time}} since {{time}}{{/time}}"},
      {"page.mail.text", "its text; {{details}} are its lines",
       "{{details}}\nAcknowledge: {{url}}\nOr with code {{code}}: aws ssm-contacts accept-page --page-id {{page}} --accept-type READ "
       "--accept-code {{code}}\n"},
      {"page.sms", "a page by SMS; cut to 160 characters of GSM 7",
       "{{#severity}}{{severity}} {{/severity}}{{what}}{{#value}} {{value}}{{/value}}{{#time}} since {{time}}{{/time}}{{#impact}}, "
       "{{impact}}{{/impact}}. Ack: {{url}} or reply "
       "{{reply_code}}.{{#next}} {{next}}{{/next}}"},
      {"page.voice", "what is said on the phone",
       "This is Tocsin with a page for {{contact}}. {{#severity}}Severity {{severity_number}}. {{/severity}}{{what}}.{{#value}} Now "
       "{{value}}.{{/value}}{{#impact}} {{impact}}.{{/impact}}"},
      {"page.voice.ask", "what is said before a key is waited for", "Press 1 to acknowledge. Press any other key to hear it again."},
      {"page.push.title", "the title of a push message", "{{#severity}}{{severity}} {{/severity}}{{what}}"},
      {"page.push.text", "its text",
       "{{#value_full}}{{value_full}} {{/value_full}}{{#time}}since {{time}}{{/time}}{{#impact}}, {{impact}}{{/impact}}.{{#why}} "
       "{{why}}{{/why}}{{#next}} Next: {{next}}.{{/next}}"},
      {"digest.subject", "the subject of a digest", "{{#severity}}[{{severity}}] {{/severity}}{{count}} more pages: {{what}} and others"},
      {"digest.text", "the text of a digest by mail or push; {{details}} is the list",
       "{{count}} pages came while others were under way{{#reason}} ({{reason}}){{/reason}}. They are told together:\n\n{{details}}\nAll "
       "of them, to read and acknowledge: {{url}}\n"},
      {"digest.sms", "the same by SMS", "{{#severity}}{{severity}} {{/severity}}{{count}} more pages: {{what}} and others. All: {{url}}"},
      {"chat.opened", "the title in chat when an incident opens", "{{#severity}}{{severity}} {{/severity}}{{what}}"},
      {"chat.text", "its text",
       "{{#value_full}}{{value_full}} {{/value_full}}{{#time}}since {{time}}{{/time}}{{#impact}}, {{impact}}{{/impact}}{{#summary}}. "
       "{{summary}}{{/summary}}"},
  };
  return all;
}

}  // namespace

const Values& sample_values() {
  static const Values samples = {
      {"severity", "SEV2"},
      {"severity_number", "2"},
      {"what", "checkout errors"},
      {"value", "18% (norm 0.2)"},
      {"value_full", "18 (threshold 5, normal 0.2)"},
      {"time", "03:04 UTC"},
      {"impact", "1 in 5 orders fail"},
      {"component", "Checkout"},
      {"summary", "Orders fail at the payment step."},
      {"why", "You are first in primary."},
      {"next", "Secondary 03:10"},
      {"url", "https://s.example/a/K7Q2M4XR9B"},
      {"code", "482193"},
      {"reply_code", "4821"},
      {"page", "arn:aws:ssm-contacts:eu-west-1:111122223333:page/alice/018f2c1e-0000-7000-8000-000000000000"},
      {"contact", "Alice"},
      {"details", "What:        checkout errors\nValue:       18 (threshold 5, normal 0.2)\nSince:       03:04 UTC\n"},
      {"flapping", ""},
      {"count", "497"},
      {"reason", "3 pages in 5 minutes"},
  };
  return samples;
}

MessageTemplates::MessageTemplates() : templates_(defaults()) {}

const Template* MessageTemplates::find(std::string_view name) const {
  for (const Template& each : templates_)
    if (each.name == name) return &each;
  return nullptr;
}

bool MessageTemplates::is_changed(std::string_view name) const { return changed_.contains(name); }

const std::string& MessageTemplates::text(std::string_view name) const {
  static const std::string none;
  if (const auto changed = changed_.find(name); changed != changed_.end()) return changed->second;
  const Template* found = find(name);
  return found ? found->text : none;
}

Result<void> MessageTemplates::replace(const std::string& name, std::string text) {
  if (!find(name)) return fail(ErrorKind::invalid, "there is no template '" + name + "'");
  if (auto checked = check_template(text, known_names()); !checked) return checked;
  changed_[name] = std::move(text);
  return {};
}

Result<void> MessageTemplates::read_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed))
    return fail(ErrorKind::not_found, "there is no folder of templates " + folder.string());
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    std::string whole = text.str();
    // an editor's last line end is not meant, but in texts of several lines
    const std::string name = entry.path().stem().string();
    const bool one_line = find(name) && find(name)->text.find('\n') == std::string::npos;
    while (one_line && (whole.ends_with('\n') || whole.ends_with('\r'))) whole.pop_back();
    if (auto replaced = replace(name, std::move(whole)); !replaced)
      return fail(ErrorKind::invalid, entry.path().string() + ": " + replaced.error().message);
  }
  return {};
}

std::string MessageTemplates::render(std::string_view name, const Values& values) const { return templates::render(text(name), values); }

}  // namespace tocsin::templates
