#include "diagnose/log_query/query_parser.h"

#include <algorithm>
#include <array>

#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {
constexpr std::size_t commands_max = 50;
constexpr std::size_t stats_max = 10;
}  // namespace

const CommandParser::Form* CommandParser::form_named(std::string_view name) {
  using C = CommandParser;
  static constexpr std::array forms = {Form{"fields", &C::fields},
                                       Form{"display", &C::display},
                                       Form{"filter", &C::filter},
                                       Form{"where", &C::filter},
                                       Form{"filterindex", &C::filter_index},
                                       Form{"stats", &C::stats},
                                       Form{"sort", &C::sort},
                                       Form{"limit", &C::limit},
                                       Form{"head", &C::limit},
                                       Form{"parse", &C::parse},
                                       Form{"json", &C::json},
                                       Form{"dedup", &C::dedup},
                                       Form{"pattern", &C::pattern},
                                       Form{"diff", &C::diff},
                                       Form{"logcompare", &C::log_compare},
                                       Form{"anomaly", &C::anomaly},
                                       Form{"unmask", &C::unmask},
                                       Form{"unnest", &C::unnest},
                                       Form{"expand", &C::expand},
                                       Form{"lookup", &C::lookup},
                                       Form{"cidrlookup", &C::cidr_lookup},
                                       Form{"join", &C::join},
                                       Form{"appendcols", &C::append_columns},
                                       Form{"source", &C::source},
                                       Form{"addtotals", &C::add_totals},
                                       Form{"accum", &C::accumulate},
                                       Form{"autoregress", &C::autoregress},
                                       Form{"filldown", &C::fill_down},
                                       Form{"fillmissing", &C::fill_missing},
                                       Form{"outlier", &C::outlier},
                                       Form{"sessionize", &C::sessionize},
                                       Form{"countfrequent", &C::count_frequent},
                                       Form{"count_frequent", &C::count_frequent},
                                       Form{"relevantfields", &C::relevant_fields},
                                       Form{"estimate", &C::estimate},
                                       Form{"eventstats", &C::event_stats},
                                       Form{"trendline", &C::trendline}};
  const std::string lower = lower_case(name);
  const auto at = std::find_if(forms.begin(), forms.end(), [&](const Form& form) { return form.name == lower; });
  return at == forms.end() ? nullptr : &*at;
}

Parsed<QueryPlan> CommandParser::query() {
  plan_.names = in_.names;
  plan_.shown = {in_.names->slot("@timestamp"), in_.names->slot("@message")};
  if (place_ == Place::outermost)
    in_.in_subquery = [this](Expression left) { return subquery(std::move(left)); };
  else
    in_.in_subquery = nullptr;
  const auto ended = [&] { return place_ == Place::outermost ? in_.token().kind == TokenKind::end : in_.at_sign(")"); };
  while (true) {
    if (auto read = command(); !read) return std::unexpected(read.error());
    if (ended()) break;
    if (!in_.at_sign("|")) return in_.unexpected(place_ == Place::outermost ? "|" : "| or )");
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    if (ended()) break;
  }
  finish();
  if (place_ != Place::outermost)
    if (auto closed = in_.advance(); !closed) return std::unexpected(closed.error());
  return std::move(plan_);
}

Parsed<void> CommandParser::command() {
  if (plan_.commands.size() >= commands_max) return in_.wrong("a query has at most 50 commands");
  const Token word = in_.token();
  const Form* form = word.kind == TokenKind::word ? form_named(word.text) : nullptr;
  if (!form || (!in_.foreign && (form->name == "eventstats" || form->name == "trendline"))) return in_.unexpected("a command");
  if (auto moved = in_.advance(); !moved) return moved;
  if (auto right = check_order(word, form->name); !right) return right;
  last_ = form->name;
  return (this->*form->read)(word);
}

Parsed<void> CommandParser::check_order(const Token& word, std::string_view name) {
  const auto refused = [&](const std::string& why) {
    QueryError error = unexpected_symbol(in_.query(), word.begin, word.end, {});
    error.message += ": " + why;
    return std::unexpected(std::move(error));
  };
  if (last_ == "estimate") return refused("estimate must be the last command");
  if (dedup_seen_ && !in_.foreign && name != "limit" && name != "head") return refused("only limit can follow dedup");
  dedup_seen_ |= name == "dedup";
  if (name == "stats") {
    if (sort_or_limit_seen_ && !in_.foreign) return refused("sort and limit must come after the last stats command");
    if (++stats_ > stats_max) return refused("a query has at most 10 stats commands");
  }
  if (name == "pattern" && !in_.foreign && previous_sort_ == "sort") return refused("pattern cannot come after sort");
  if (name == "sort") previous_sort_ = name;
  sort_or_limit_seen_ |= name == "sort" || name == "limit" || name == "head";
  if (name == "join" && std::exchange(join_seen_, true)) return refused("a query has at most one join");
  if (place_ != Place::outermost)
    for (const std::string_view alone : {"join", "appendcols", "diff", "logcompare", "estimate"})
      if (name == alone) return refused(std::string(alone) + " cannot stand within a subquery");
  const bool first = plan_.commands.empty() && !plan_.source;
  if (name == "source" && !first) return refused("SOURCE must be the first command");
  return {};
}

Parsed<FieldSlot> CommandParser::make(const std::string& name, std::size_t begin, std::size_t end) {
  if (!in_.scope.made.insert(name).second) return std::unexpected(already_defined(name, begin, end));
  if (in_.scope.only) in_.scope.only->insert(name);
  return in_.names->slot(name);
}

Parsed<FieldSlot> CommandParser::made_name() {
  const Token at = in_.token();
  auto name = in_.name();
  if (!name) return std::unexpected(name.error());
  return make(*name, at.begin, at.end);
}

/// The name behind "as", else the other.
Parsed<FieldSlot> CommandParser::optional_alias(const std::string& otherwise) {
  const auto named = in_.accept_word("as");
  if (!named) return std::unexpected(named.error());
  return *named ? made_name() : make(otherwise, in_.last_end(), in_.last_end());
}

Parsed<bool> CommandParser::option(std::string_view name) {
  if (!in_.at_word(name)) return false;
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  if (auto sign = in_.expect_sign("="); !sign) return std::unexpected(sign.error());
  return true;
}

Parsed<bool> CommandParser::truth() {
  const bool yes = in_.at_word("true");
  if (!yes && !in_.at_word("false")) return in_.unexpected("true or false");
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  return yes;
}

void CommandParser::show(FieldSlot slot) {
  if (display_named_ || std::find(plan_.shown.begin(), plan_.shown.end(), slot) != plan_.shown.end()) return;
  plan_.shown.push_back(slot);
}

void CommandParser::show_only(std::vector<FieldSlot> slots) {
  plan_.shown.clear();
  for (const FieldSlot slot : slots)
    if (std::find(plan_.shown.begin(), plan_.shown.end(), slot) == plan_.shown.end()) plan_.shown.push_back(slot);
}

void CommandParser::become_table(std::vector<FieldSlot> slots) {
  in_.scope.only.emplace();
  for (const FieldSlot slot : slots) in_.scope.only->insert(in_.names->at(slot).text);
  display_named_ = false;
  fields_named_ = true;
  show_only(std::move(slots));
  plan_.events = false;
}

void CommandParser::finish() {
  for (Command& command : plan_.commands)
    if (auto* join = std::get_if<JoinCommand>(&command)) finish_join(*join);
  find_literals(plan_);
}

Parsed<QueryPlan> parse_query(std::string_view text) {
  ExpressionParser in(text);
  if (auto begun = in.begin(); !begun) return std::unexpected(begun.error());
  return CommandParser(in, CommandParser::Place::outermost).query();
}

Parsed<QueryPlan> parse_foreign_query(std::string_view text) {
  ExpressionParser in(text);
  in.foreign = true;
  if (auto begun = in.begin(); !begun) return std::unexpected(begun.error());
  return CommandParser(in, CommandParser::Place::outermost).query();
}

}  // namespace tocsin::diagnose
