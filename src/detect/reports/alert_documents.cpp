#include "detect/reports/alert_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/letters.h"
#include "base/text_time.h"

namespace tocsin::detect {

using namespace std::chrono_literals;

namespace {

constexpr auto resolve_timeout = 5min;
constexpr const char* usual_resolved_values[] = {"resolved", "ok", "up", "closed", "recovered", "normal", "healthy", "success"};

std::unexpected<Error> bad(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

std::string as_text(const Document& value) {
  if (value.is_null()) return {};
  return value.is_string() ? std::string(value.get_string()) : to_json(value);
}

LabelMap labels_at(const Document& document, std::string_view member) {
  LabelMap out;
  for (const auto& [name, value] : object_at(document, member)) out.emplace(name, as_text(value));
  return out;
}

/// The year 1, which stands for no time at all in Go's JSON, is none.
std::optional<Instant> time_at(const Document& document, std::string_view member) {
  const auto text = text_at(document, member);
  if (!text || text->starts_with("0001-")) return std::nullopt;
  return parse_rfc3339(*text);
}

Result<ReportedAlert> read_alert(const Document& entry, const std::string& source) {
  if (!entry.is_object()) return bad("an alert is no object");
  ReportedAlert alert{.source = source, .labels = labels_at(entry, "labels"), .annotations = labels_at(entry, "annotations")};
  if (alert.labels.empty()) return bad("an alert has no labels");
  alert.key = text_or(entry, "fingerprint");
  if (alert.key.empty()) alert.key = fingerprint_of(alert.labels);
  alert.starts_at = time_at(entry, "startsAt").value_or(Instant{});
  alert.link = text_or(entry, "generatorURL");
  fill_from_labels(alert);
  return alert;
}

bool is_resolved(const Document& mapping, std::string status) {
  const Array& values = array_at(mapping, "resolvedValues");
  status = lower_case(status);
  if (values.empty()) return std::ranges::find(usual_resolved_values, status) != std::end(usual_resolved_values);
  return std::ranges::any_of(values, [&](const Document& value) {
    return lower_case(as_text(value)) == status;
  });
}

const Document* follow(const Document& document, std::string_view path) {
  const Document* at = &document;
  std::size_t next = 1;
  while (at && next < path.size()) {
    if (path[next] == '[') {
      std::size_t index = 0;
      const std::size_t end = path.find(']', next);
      if (end == std::string_view::npos) return nullptr;
      std::from_chars(path.data() + next + 1, path.data() + end, index);
      at = at->is_array() && index < at->get_array().size() ? &at->get_array()[index] : nullptr;
      next = end + 1;
    } else {
      if (path[next] == '.') ++next;
      const std::size_t end = std::min(path.find_first_of(".[", next), path.size());
      at = find(*at, path.substr(next, end - next));
      next = end;
    }
  }
  return at;
}

std::string mapped(const Document& document, const Document& mapping, std::string_view member) {
  const std::string form = text_or(mapping, member);
  return form.starts_with("$") ? text_at_path(document, form) : form;
}

Result<ReportedAlert> read_mapped_one(const Document& document, const Document& mapping, const std::string& source) {
  ReportedAlert alert{.source = source,
                      .key = mapped(document, mapping, "key"),
                      .name = mapped(document, mapping, "name"),
                      .severity = mapped(document, mapping, "severity"),
                      .summary = mapped(document, mapping, "summary"),
                      .description = mapped(document, mapping, "description"),
                      .link = mapped(document, mapping, "link")};
  if (alert.key.empty()) return bad(fmt::format("the mapping's key, {}, leads to nothing", text_or(mapping, "key")));
  alert.firing = !is_resolved(mapping, mapped(document, mapping, "status"));
  alert.starts_at = parse_rfc3339(mapped(document, mapping, "startsAt")).value_or(Instant{});
  for (const auto& [name, form] : object_at(mapping, "labels")) {
    const std::string text = as_text(form);
    alert.labels[name] = text.starts_with("$") ? text_at_path(document, text) : text;
  }
  fill_from_labels(alert);
  return alert;
}

}  // namespace

std::string text_at_path(const Document& document, std::string_view path) {
  const Document* found = follow(document, path);
  return found ? as_text(*found) : std::string();
}

Result<std::vector<ReportedAlert>> read_alertmanager_webhook(const Document& document, const std::string& source) {
  const Document* alerts = find(document, "alerts");
  if (!alerts || !alerts->is_array()) return bad("there is no list of alerts");
  if (alerts->get_array().size() > alerts_per_document_max) return bad("there are too many alerts in one document");
  std::vector<ReportedAlert> out;
  for (const Document& entry : alerts->get_array()) {
    auto alert = read_alert(entry, source);
    if (!alert) return std::unexpected(alert.error());
    alert->firing = text_or(entry, "status", text_or(document, "status")) != "resolved";
    if (!alert->firing) alert->ends_at = time_at(entry, "endsAt");
    for (const char* more : {"dashboardURL", "panelURL", "silenceURL", "valueString"})
      if (const std::string text = text_or(entry, more); !text.empty()) alert->annotations.emplace(more, text);
    out.push_back(std::move(*alert));
  }
  return out;
}

Result<std::vector<ReportedAlert>> read_posted_alerts(const Document& document, Instant now) {
  if (!document.is_array()) return bad("a list of alerts is wanted");
  if (document.get_array().size() > alerts_per_document_max) return bad("there are too many alerts in one document");
  std::vector<ReportedAlert> out;
  for (const Document& entry : document.get_array()) {
    auto alert = read_alert(entry, "alertmanager");
    if (!alert) return std::unexpected(alert.error());
    const auto end = time_at(entry, "endsAt");
    alert->firing = !end || *end > now;
    if (alert->firing)
      alert->firing_until = end.value_or(now + resolve_timeout);
    else
      alert->ends_at = end;
    out.push_back(std::move(*alert));
  }
  return out;
}

Result<void> check_mapping(const Document& mapping) {
  if (!mapping.is_object()) return bad("a mapping is a JSON object");
  if (text_or(mapping, "key").empty()) return bad("a mapping needs a key: what is the same of an alert when it fires and when it is over");
  for (const auto& [name, value] : mapping.get_object()) {
    const std::string_view member(name);
    if (member == "labels" ? !value.is_object() : member == "resolvedValues" ? !value.is_array() : !value.is_string())
      return bad(fmt::format("{} of the mapping is not of its type", member));
    constexpr std::string_view known[] = {"key",         "name",     "status", "resolvedValues", "severity", "summary",
                                          "description", "startsAt", "link",   "labels",         "alerts"};
    if (std::ranges::find(known, member) == std::end(known)) return bad(fmt::format("{} is no member of a mapping", member));
  }
  return {};
}

Result<std::vector<ReportedAlert>> read_mapped(const Document& document, const Document& mapping, const std::string& source) {
  if (const auto checked = check_mapping(mapping); !checked) return std::unexpected(checked.error());
  std::vector<ReportedAlert> out;
  const auto add = [&](const Document& one) -> Result<void> {
    auto alert = read_mapped_one(one, mapping, source);
    if (!alert) return std::unexpected(alert.error());
    out.push_back(std::move(*alert));
    return {};
  };
  const std::string list = text_or(mapping, "alerts");
  const Document* alerts = list.starts_with("$") ? follow(document, list) : nullptr;
  if (list.empty() && document.is_array()) alerts = &document;
  if (!list.empty() && (!alerts || !alerts->is_array())) return bad(fmt::format("the mapping's alerts, {}, leads to no list", list));
  if (!alerts) {
    if (const auto added = add(document); !added) return std::unexpected(added.error());
    return out;
  }
  if (alerts->get_array().size() > alerts_per_document_max) return bad("there are too many alerts in one document");
  for (const Document& one : alerts->get_array())
    if (const auto added = add(one); !added) return std::unexpected(added.error());
  return out;
}

}  // namespace tocsin::detect
