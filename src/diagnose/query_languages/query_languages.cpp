#include "diagnose/query_languages/query_languages.h"

namespace tocsin::diagnose {

std::optional<QueryLanguage> parse_query_language(std::string_view name) {
  if (name == "CWLI") return QueryLanguage::insights;
  if (name == "PPL") return QueryLanguage::ppl;
  if (name == "SQL") return QueryLanguage::sql;
  return std::nullopt;
}

std::string_view to_text(QueryLanguage language) {
  switch (language) {
    case QueryLanguage::insights:
      return "CWLI";
    case QueryLanguage::ppl:
      return "PPL";
    case QueryLanguage::sql:
      return "SQL";
  }
  return "";
}

Parsed<QueryPlan> parse_query_in(QueryLanguage language, std::string_view text) {
  if (language == QueryLanguage::insights) return parse_query(text);
  const auto translated = language == QueryLanguage::sql ? translate_sql(text) : translate_ppl(text);
  if (!translated) return std::unexpected(translated.error());
  auto plan = parse_foreign_query(translated->text);
  // its places are of the other text
  if (!plan) return std::unexpected(QueryError{plan.error().message, 0, text.size()});
  if (!translated->groups.empty()) {
    plan->source.emplace();
    plan->source->names = translated->groups;
  }
  return plan;
}

}  // namespace tocsin::diagnose
