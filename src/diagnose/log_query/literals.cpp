// What must stand in the messages of the rows that a query's filters let pass.
#include <algorithm>
#include <cctype>

#include "diagnose/log_query/query_parser.h"

namespace tocsin::diagnose {
namespace {

/// The place behind the group or class that begins at `at`.
std::size_t behind(const std::string& pattern, std::size_t at) {
  const char open = pattern[at], close = open == '(' ? ')' : ']';
  int depth = 0;
  const std::size_t begin = at;
  for (; at < pattern.size(); ++at) {
    if (pattern[at] == '\\')
      ++at;
    else if (open == '(' && pattern[at] == '[')
      at = behind(pattern, at) - 1;
    else if (open == '[' && pattern[at] == ']' && at > begin + 1 && pattern[at - 1] != '^')
      return at + 1;
    else if (open == '(' && pattern[at] == '(')
      ++depth;
    else if (open == '(' && pattern[at] == close && --depth == 0)
      return at + 1;
  }
  return at;
}

bool is_alternative(const std::string& pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\')
      ++at;
    else if (pattern[at] == '(' || pattern[at] == '[')
      at = behind(pattern, at) - 1;
    else if (pattern[at] == '|')
      return true;
  }
  return false;
}

/// What a field that equals the text has in the message: letters and digits that are no number and no truth.
bool is_value(const std::string& text) {
  constexpr std::size_t length_min = 3;
  return text.size() >= length_min && !number_in(text) && text != "true" && text != "false" &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == ' ' || c == ':';
         });
}

void add_values(const Expression& condition, const QueryPlan& plan, std::vector<std::string>& values, const std::set<FieldSlot>& made) {
  if (condition.kind != Expression::Kind::operation) return;
  if (condition.operation == Operation::logical_and)
    for (const Expression& part : condition.parts) add_values(part, plan, values, made);
  if (condition.operation != Operation::equal) return;
  const bool field_first = condition.parts[0].kind == Expression::Kind::field;
  const Expression &field = condition.parts[field_first ? 0 : 1], &value = condition.parts[field_first ? 1 : 0];
  if (field.kind != Expression::Kind::field || value.kind != Expression::Kind::constant || made.contains(field.slot)) return;
  const FieldNames::Name& name = plan.names->at(field.slot);
  // what Lambda's lines say, and parts of what the query made, does not stand in the message as it is
  if (name.origin != FieldOrigin::discovered || name.text.starts_with('@') || !name.owners.empty()) return;
  const auto* text = std::get_if<std::string>(&value.constant);
  if (text && is_value(*text)) values.push_back(*text);
}

void add_literals(const Expression& condition, std::vector<std::string>& literals, const std::set<FieldSlot>& made) {
  if (condition.kind == Expression::Kind::operation && condition.operation == Operation::logical_and)
    for (const Expression& part : condition.parts) add_literals(part, literals, made);
  if (condition.parts.empty() || !condition.parts[0].is_field("@message") || made.contains(condition.parts[0].slot)) return;
  std::string literal;
  if (condition.kind == Expression::Kind::contains && condition.name.empty()) literal = text_of(condition.constant);
  if (condition.kind == Expression::Kind::matches) literal = literal_of(*condition.regex);
  if (literal.size() >= 3) literals.push_back(std::move(literal));
}

/// Fields that a command sets: what is said of them afterwards is not said of the event.
void add_made(const Command& command, std::set<FieldSlot>& made) {
  if (const auto* fields = std::get_if<FieldsCommand>(&command))
    for (const Column& column : fields->columns)
      if (column.slot != column.expression.slot) made.insert(column.slot);
  if (const auto* display = std::get_if<DisplayCommand>(&command))
    for (const Column& column : display->columns)
      if (column.slot != column.expression.slot) made.insert(column.slot);
  if (const auto* parse = std::get_if<ParseCommand>(&command)) made.insert(parse->slots.begin(), parse->slots.end());
  if (const auto* json = std::get_if<JsonCommand>(&command)) made.insert(json->slot);
  if (const auto* lookup = std::get_if<LookupCommand>(&command))
    for (const auto& [column, slot] : lookup->outputs) made.insert(slot);
  if (const auto* sessionize = std::get_if<SessionizeCommand>(&command)) made.insert(sessionize->into);
}

/// Behind these a filter does not choose events any more.
bool ends_events(const Command& command) {
  return !std::holds_alternative<FieldsCommand>(command) && !std::holds_alternative<DisplayCommand>(command) &&
         !std::holds_alternative<FilterCommand>(command) && !std::holds_alternative<ParseCommand>(command) &&
         !std::holds_alternative<JsonCommand>(command) && !std::holds_alternative<LookupCommand>(command) &&
         !std::holds_alternative<SortCommand>(command);
}

}  // namespace

std::string literal_of(const re2::RE2& regex) {
  const std::string& pattern = regex.pattern();
  // flags in parentheses may make case be of no matter
  for (std::size_t at = pattern.find("(?"); at != std::string::npos; at = pattern.find("(?", at + 1))
    if (at + 2 < pattern.size() && pattern[at + 2] != 'P' && pattern[at + 2] != ':') return {};
  if (is_alternative(pattern)) return {};
  std::string best, run;
  const auto end_run = [&] {
    if (run.size() > best.size()) best = run;
    run.clear();
  };
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (c == '?' || c == '*' || c == '{') {
      if (!run.empty()) run.pop_back();
      end_run();
      if (c == '{') at = std::min(pattern.find('}', at), pattern.size());
    } else if (c == '(' || c == '[') {
      end_run();
      at = behind(pattern, at) - 1;
    } else if (c == '\\') {
      if (++at < pattern.size() && !std::isalnum(static_cast<unsigned char>(pattern[at])) && (pattern[at] & 0x80) == 0)
        run += pattern[at];
      else
        end_run();
      // \pN, \x{10FFFF}, \Q…\E: what follows belongs to it
      if (at < pattern.size() && std::string_view("pPxQEC").find(pattern[at]) != std::string_view::npos) return best;
      if (at < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[at]))) return best;
    } else if (c == '.' || c == '^' || c == '$' || c == '+' || (c & 0x80) != 0) {
      end_run();
    } else {
      run += c;
    }
  }
  end_run();
  return best;
}

void find_literals(QueryPlan& plan) {
  std::set<FieldSlot> made;
  for (const Command& command : plan.commands) {
    if (ends_events(command)) break;
    if (const auto* filter = std::get_if<FilterCommand>(&command)) {
      add_literals(filter->condition, plan.literals, made);
      add_values(filter->condition, plan, plan.values, made);
    }
    if (const auto* parse = std::get_if<ParseCommand>(&command); parse && parse->multi) break;
    add_made(command, made);
  }
}

}  // namespace tocsin::diagnose
