// Commands that bring in other data: SOURCE, lookup tables, subqueries, join, appendcols.
#include <algorithm>

#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {
constexpr std::size_t prefixes_max = 5, accounts_max = 20, tag_filters_max = 5, subqueries_max = 5;
}

/// A query with names of its own, up to the parenthesis that closes it.
Parsed<QueryPlan> CommandParser::inner(Place place) {
  auto names = std::exchange(in_.names, std::make_shared<FieldNames>());
  auto scope = std::exchange(in_.scope, NameScope{});
  auto subquery = std::exchange(in_.in_subquery, nullptr);
  auto* aggregates = std::exchange(in_.aggregates, nullptr);
  auto plan = CommandParser(in_, place).query();
  in_.names = std::move(names);
  in_.scope = std::move(scope);
  in_.in_subquery = std::move(subquery);
  in_.aggregates = aggregates;
  return plan;
}

Parsed<Expression> CommandParser::subquery(Expression left) {
  if (subqueries_ == subqueries_max) return in_.wrong("a query has at most 5 subqueries");
  auto plan = inner(Place::subquery);
  if (!plan) return std::unexpected(plan.error());
  Expression test{.kind = Expression::Kind::in_subquery, .constant = {}, .name = {}, .number = subqueries_++};
  // of several columns the one that has the outer field's name is meant
  const FieldSlot named = left.kind == Expression::Kind::field ? plan->names->find(left.name) : no_slot;
  const auto shown = std::find(plan->shown.begin(), plan->shown.end(), named);
  plan->shown = {shown != plan->shown.end() ? named : plan->shown.front()};
  test.subquery = std::make_shared<const QueryPlan>(std::move(*plan));
  test.parts.push_back(std::move(left));
  return test;
}

Parsed<void> CommandParser::join(const Token&) {
  JoinCommand command;
  while (in_.at_word("type") || in_.at_word("left") || in_.at_word("right")) {
    const std::string which = lower_case(in_.token().text);
    if (const auto given = option(which); !given) return std::unexpected(given.error());
    if (which == "type") {
      command.keep_left = in_.at_word("left");
      if (!command.keep_left && !in_.at_word("inner")) return in_.unexpected("inner or left");
      if (auto moved = in_.advance(); !moved) return moved;
      continue;
    }
    auto alias = in_.name();
    if (!alias) return std::unexpected(alias.error());
    (which == "left" ? left_alias_ : right_alias_) = std::move(*alias);
  }
  if (left_alias_.empty() || right_alias_.empty()) return in_.unexpected("left=NAME right=NAME");
  if (auto where = in_.expect_word("where"); !where) return where;
  std::vector<std::string> right_keys;
  const auto key = [&]() -> Parsed<void> {
    std::string left, right;
    for (int side = 0; side < 2; ++side) {
      const Token at = in_.token();
      auto name = in_.name();
      if (!name) return std::unexpected(name.error());
      if (name->starts_with(left_alias_ + '.'))
        left = name->substr(left_alias_.size() + 1);
      else if (name->starts_with(right_alias_ + '.'))
        right = name->substr(right_alias_.size() + 1);
      else
        return std::unexpected(unexpected_symbol(in_.query(), at.begin, at.end, left_alias_ + ".FIELD or " + right_alias_ + ".FIELD"));
      if (side == 0)
        if (auto sign = in_.expect_sign("="); !sign) return sign;
    }
    if (left.empty() || right.empty()) return in_.wrong("a join compares a field of " + left_alias_ + " with one of " + right_alias_);
    auto field = in_.field(left, in_.token());
    if (!field) return std::unexpected(field.error());
    command.keys.emplace_back(std::move(*field), no_slot);
    right_keys.push_back(std::move(right));
    return {};
  };
  do {
    if (auto read = key(); !read) return read;
    if (auto also = in_.accept_word("and"); !also || !*also) break;
  } while (true);
  if (auto opened = in_.expect_sign("("); !opened) return opened;
  const Token first = in_.token();
  auto right = inner(Place::right_of_join);
  if (!right) return std::unexpected(right.error());
  if (!right->source) return std::unexpected(unexpected_symbol(in_.query(), first.begin, first.end, "SOURCE and a log group"));
  for (std::size_t i = 0; i < right_keys.size(); ++i) command.keys[i].second = right->names->slot(right_keys[i]);
  std::vector<FieldSlot> shown;
  for (const FieldSlot slot : right->shown) shown.push_back(in_.names->slot(right_alias_ + '.' + right->names->at(slot).text));
  command.right = std::make_shared<const QueryPlan>(std::move(*right));
  for (const FieldSlot slot : shown)
    if (!fields_named_) show(slot);
  if (in_.scope.only) in_.scope.only->insert({left_alias_, right_alias_});
  plan_.commands.emplace_back(std::move(command));
  return {};
}

/// Only now all names that are asked of both sides are known.
void CommandParser::finish_join(JoinCommand& join) {
  auto right = std::make_shared<QueryPlan>(*join.right);
  const std::size_t count = in_.names->size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto slot = static_cast<FieldSlot>(i);
    const std::string name = in_.names->at(slot).text;
    if (name.starts_with(left_alias_ + '.'))
      join.left_copies.emplace_back(in_.names->slot(name.substr(left_alias_.size() + 1)), slot);
    else if (name.starts_with(right_alias_ + '.'))
      join.right_copies.emplace_back(right->names->slot(name.substr(right_alias_.size() + 1)), slot);
  }
  join.right = std::move(right);
}

Parsed<void> CommandParser::append_columns(const Token&) {
  AppendColumnsCommand command;
  while (!in_.at_sign("(")) {
    const auto overwrite = option("override");
    if (!overwrite) return std::unexpected(overwrite.error());
    if (*overwrite) {
      auto yes = truth();
      if (!yes) return std::unexpected(yes.error());
      command.overwrite = *yes;
      continue;
    }
    const auto max = option("max");
    if (!max) return std::unexpected(max.error());
    if (!*max) return in_.unexpected("override=, max= or a query in parentheses");
    if (in_.token().kind != TokenKind::number || in_.token().number < 1 || in_.token().number > 100'000)
      return in_.unexpected("a number from 1 to 100000");
    command.rows_max = static_cast<std::size_t>(in_.token().number);
    if (auto moved = in_.advance(); !moved) return moved;
  }
  if (auto moved = in_.advance(); !moved) return moved;
  auto plan = inner(Place::appended);
  if (!plan) return std::unexpected(plan.error());
  for (const FieldSlot theirs : plan->shown) {
    const std::string& name = plan->names->at(theirs).text;
    const FieldSlot ours = in_.names->slot(name);
    if (in_.scope.only) in_.scope.only->insert(name);
    command.copies.emplace_back(theirs, ours);
    show(ours);
  }
  command.plan = std::make_shared<const QueryPlan>(std::move(*plan));
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::lookup(const Token&) {
  LookupCommand command;
  auto table = in_.name();
  if (!table) return std::unexpected(table.error());
  command.table = std::move(*table);
  while (true) {
    const Token at = in_.token();
    auto column = in_.name();
    if (!column) return std::unexpected(column.error());
    std::string field = *column;
    Token field_at = at;
    const auto other = in_.accept_word("as");
    if (!other) return std::unexpected(other.error());
    if (*other) {
      field_at = in_.token();
      auto name = in_.name();
      if (!name) return std::unexpected(name.error());
      field = std::move(*name);
    }
    auto known = in_.field(field, field_at);
    if (!known) return std::unexpected(known.error());
    command.keys.emplace_back(std::move(*column), std::move(*known));
    const auto more = in_.accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  return outputs(command);
}

Parsed<void> CommandParser::cidr_lookup(const Token&) {
  LookupCommand command{.table = {}, .keys = {}, .outputs = {}, .cidr = true};
  auto table = in_.name();
  if (!table) return std::unexpected(table.error());
  command.table = std::move(*table);
  const Token at = in_.token();
  auto field = in_.name();
  if (!field) return std::unexpected(field.error());
  auto known = in_.field(*field, at);
  if (!known) return std::unexpected(known.error());
  std::string column;
  const auto other = in_.accept_word("as");
  if (!other) return std::unexpected(other.error());
  if (*other) {
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    column = std::move(*name);
  }
  command.keys.emplace_back(std::move(column), std::move(*known));
  return outputs(command);
}

Parsed<void> CommandParser::outputs(LookupCommand& command) {
  if (!in_.at_word("output") && !in_.at_word("outputnew")) return in_.unexpected("OUTPUT or OUTPUTNEW");
  command.overwrite = in_.at_word("output");
  if (auto moved = in_.advance(); !moved) return moved;
  while (true) {
    auto column = in_.name();
    if (!column) return std::unexpected(column.error());
    std::string field = *column;
    const auto other = in_.accept_word("as");
    if (!other) return std::unexpected(other.error());
    if (*other) {
      auto name = in_.name();
      if (!name) return std::unexpected(name.error());
      field = std::move(*name);
    }
    const FieldSlot slot = in_.names->slot(field);
    if (in_.scope.only) in_.scope.only->insert(field);
    show(slot);
    command.outputs.emplace_back(std::move(*column), slot);
    const auto more = in_.accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<std::vector<std::string>> CommandParser::texts() {
  if (auto opened = in_.expect_sign("["); !opened) return std::unexpected(opened.error());
  std::vector<std::string> all;
  while (!in_.at_sign("]")) {
    auto one = in_.text();
    if (!one) return std::unexpected(one.error());
    all.push_back(std::move(*one));
    const auto more = in_.accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  if (auto closed = in_.expect_sign("]"); !closed) return std::unexpected(closed.error());
  return all;
}

Parsed<void> CommandParser::source(const Token&) {
  plan_.source.emplace();
  SourceSelection& source = *plan_.source;
  bool any = false;
  while (in_.token().kind != TokenKind::end && !in_.at_sign("|") && !in_.at_sign(")")) {
    any = true;
    const auto start = option("start");
    if (!start) return std::unexpected(start.error());
    const auto end = *start ? Parsed<bool>(false) : option("end");
    if (!end) return std::unexpected(end.error());
    if (*start || *end) {
      auto when = ago();
      if (!when) return std::unexpected(when.error());
      (*start ? source.start_ago_ms : source.end_ago_ms) = *when;
      continue;
    }
    if (in_.token().kind == TokenKind::text || in_.at_name()) {
      const Token name = in_.token();
      if (auto moved = in_.advance(); !moved) return moved;
      if (name.kind == TokenKind::word && in_.at_sign("(")) {
        const std::string which = lower_case(name.text);
        if (which != "loggroups" && which != "loggrouptags" && which != "datasource")
          return std::unexpected(
              unexpected_symbol(in_.query(), name.begin, name.end, "logGroups(…), logGroupTags(…) or the name of a log group"));
        if (which == "datasource") return in_.wrong("data sources are not offered; choose log groups by name, prefix or tags");
        if (auto read = which == "loggroups" ? source_groups(source) : source_tags(source); !read) return read;
      } else {
        source.names.push_back(name.text);
      }
      if (auto more = in_.accept_sign(","); !more) return std::unexpected(more.error());
      continue;
    }
    return in_.unexpected("logGroups(…), logGroupTags(…) or the name of a log group");
  }
  if (!any) return in_.unexpected("logGroups(…), logGroupTags(…) or the name of a log group");
  return {};
}

Parsed<std::optional<std::int64_t>> CommandParser::ago() {
  if (in_.at_word("now")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    return 0;
  }
  if (auto minus = in_.expect_sign("-"); !minus) return std::unexpected(minus.error());
  auto span = in_.duration_ms();
  if (!span) return std::unexpected(span.error());
  return *span;
}

Parsed<void> CommandParser::source_groups(SourceSelection& source) {
  if (auto opened = in_.expect_sign("("); !opened) return opened;
  while (!in_.at_sign(")")) {
    const Token key = in_.token();
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    const std::string lower = lower_case(*name);
    if (auto colon = in_.expect_sign(":"); !colon) return colon;
    auto values = texts();
    if (!values) return std::unexpected(values.error());
    const auto too_many = [&](std::size_t max) {
      return std::unexpected(QueryError{*name + " takes at most " + std::to_string(max) + " values", key.begin, in_.last_end()});
    };
    if (lower == "nameprefix") {
      if (values->size() > prefixes_max) return too_many(prefixes_max);
      source.prefixes = std::move(*values);
    } else if (lower == "accountidentifier" || lower == "accountidentifiers") {
      if (values->size() > accounts_max) return too_many(accounts_max);
      source.accounts = std::move(*values);
    } else if (lower == "class" || lower == "loggroupclass") {
      if (values->size() != 1) return too_many(1);
      source.log_group_class = values->front();
    } else if (lower == "loggroupidentifier" || lower == "loggroupidentifiers") {
      source.names = std::move(*values);
    } else {
      return std::unexpected(unexpected_symbol(in_.query(), key.begin, key.end, "namePrefix, accountIdentifier or class"));
    }
    const auto more = in_.accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  return in_.expect_sign(")");
}

Parsed<void> CommandParser::source_tags(SourceSelection& source) {
  if (auto opened = in_.expect_sign("("); !opened) return opened;
  if (auto list = in_.expect_sign("["); !list) return list;
  while (in_.at_sign("{")) {
    if (source.tags.size() == tag_filters_max) return in_.wrong("logGroupTags takes at most 5 tags");
    if (auto moved = in_.advance(); !moved) return moved;
    SourceSelection::TagFilter filter;
    while (in_.token().kind == TokenKind::text || in_.at_name()) {
      const std::string key = in_.token().text;
      if (key != "key" && key != "values") return in_.unexpected("key or values");
      if (auto moved = in_.advance(); !moved) return moved;
      if (auto colon = in_.expect_sign(":"); !colon) return colon;
      if (key == "key") {
        auto name = in_.text();
        if (!name) return std::unexpected(name.error());
        filter.key = std::move(*name);
      } else {
        auto values = texts();
        if (!values) return std::unexpected(values.error());
        filter.values = std::move(*values);
      }
      if (auto more = in_.accept_sign(","); !more) return std::unexpected(more.error());
    }
    if (auto closed = in_.expect_sign("}"); !closed) return closed;
    source.tags.push_back(std::move(filter));
    if (auto more = in_.accept_sign(","); !more) return std::unexpected(more.error());
  }
  if (auto closed = in_.expect_sign("]"); !closed) return closed;
  return in_.expect_sign(")");
}

}  // namespace tocsin::diagnose
