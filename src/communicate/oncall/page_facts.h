// What a page tells a woken engineer, gathered from the incident. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incidents/incident.h"

namespace tocsin::oncall {

struct PageFacts {
  std::string severity;  ///< "SEV2"; empty when there is no incident
  std::string what;      ///< the incident's title, or the engagement's subject
  std::string value;     ///< "18 (threshold 5, normal 0.2)"; empty when unknown
  std::optional<Instant> since;
  std::string impact;                 ///< "High: partial failure for many customers"
  std::string component;              ///< as customers know it; may be empty
  std::string why_alarm;              ///< the alarm's own words; may be empty
  std::string last_change;            ///< the newest change before it; says so when none was found
  std::vector<std::string> findings;  ///< one line each: what the investigation found
  std::string runbook;                ///< the document and whether it runs
  std::string evidence_command;       ///< shows all of it
  std::string summary;                ///< the incident's, as its plan or a person words it; may be empty
  std::string content;                ///< of an engagement without an incident
};

PageFacts page_facts(const incidents::Incident& incident, const std::vector<incidents::Evidence>& evidence,
                     const std::vector<incidents::RelatedItem>& related);

/// "Critical: full failure for most customers", the documented meanings of 1 to 5.
std::string impact_in_words(int impact);

}  // namespace tocsin::oncall
