// Commands that are computed along the rows in their order.
#include <algorithm>

#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {
constexpr double lag_max = 1000;
}

Parsed<void> CommandParser::accumulate(const Token&) {
  auto source = in_.known_slot();
  if (!source) return std::unexpected(source.error());
  AccumulateCommand command{*source, *source};
  if (in_.at_word("as")) {
    auto alias = optional_alias({});
    if (!alias) return std::unexpected(alias.error());
    command.into = *alias;
  }
  show(command.into);
  plan_.commands.emplace_back(command);
  return {};
}

Parsed<void> CommandParser::autoregress(const Token&) {
  const Token field = in_.token();
  auto source = in_.known_slot();
  if (!source) return std::unexpected(source.error());
  AutoregressCommand command{*source, {}};
  std::string alias;
  double first = 1, last = 1;
  while (in_.at_word("as") || in_.at_word("p")) {
    const auto named = in_.accept_word("as");
    if (!named) return std::unexpected(named.error());
    if (*named) {
      auto name = in_.name();
      if (!name) return std::unexpected(name.error());
      alias = std::move(*name);
      continue;
    }
    if (const auto given = option("p"); !given) return std::unexpected(given.error());
    auto number = in_.number();
    if (!number) return std::unexpected(number.error());
    first = last = *number;
    const auto range = in_.accept_sign("-");
    if (!range) return std::unexpected(range.error());
    if (!*range) continue;
    number = in_.number();
    if (!number) return std::unexpected(number.error());
    last = *number;
  }
  if (first < 1 || last < first || last > lag_max || first != static_cast<double>(static_cast<std::size_t>(first)))
    return std::unexpected(QueryError{"p is a lag from 1 to 1000, or a range of lags such as 1-4", field.begin, in_.last_end()});
  const bool plain = !alias.empty() && first == last;
  for (auto lag = static_cast<std::size_t>(first); lag <= static_cast<std::size_t>(last); ++lag) {
    const std::string base = alias.empty() ? in_.names->at(*source).text : alias;
    auto slot = make(plain ? alias : base + "_p" + std::to_string(lag), field.begin, field.end);
    if (!slot) return std::unexpected(slot.error());
    show(*slot);
    command.lags.emplace_back(lag, *slot);
  }
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::fill_down(const Token&) {
  FillDownCommand command;
  bool given = false;
  while (in_.at_name() || in_.at_sign("*")) {
    given = true;
    const Token at = in_.token();
    std::string name;
    while ((in_.at_name() || in_.at_sign("*")) && (name.empty() || in_.token().begin == in_.last_end())) {
      name += in_.token().kind == TokenKind::sign ? "*" : in_.token().text;
      if (auto moved = in_.advance(); !moved) return moved;
    }
    if (name.find('*') == std::string::npos) {
      auto known = in_.field(name, at);
      if (!known) return std::unexpected(known.error());
      command.slots.push_back(known->slot);
    } else {
      const re2::RE2 like(regex_of_glob(name));
      for (const FieldSlot slot : plan_.shown)
        if (re2::RE2::FullMatch(in_.names->at(slot).text, like)) command.slots.push_back(slot);
    }
    if (auto more = in_.accept_sign(","); !more) return std::unexpected(more.error());
  }
  if (!given) command.slots = plan_.shown;
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::fill_missing(const Token& word) {
  const auto stats = std::find_if(plan_.commands.rbegin(), plan_.commands.rend(),
                                  [](const Command& each) { return std::holds_alternative<StatsCommand>(each); });
  if (stats == plan_.commands.rend() || !std::get<StatsCommand>(*stats).bin)
    return std::unexpected(QueryError{"fillmissing has to be used after stats … by bin()", word.begin, word.end});
  const auto& command = std::get<StatsCommand>(*stats);
  const Column& bin = command.by[*command.bin];
  FillMissingCommand fill{.bin = bin.slot, .period = bin.expression.period, .values = {}};
  if (const auto with = in_.accept_word("with"); !with || *with) {
    if (!with) return std::unexpected(with.error());
    while (true) {
      auto value = in_.expression();
      if (!value) return std::unexpected(value.error());
      const bool negative = value->kind == Expression::Kind::negative && value->parts[0].kind == Expression::Kind::constant;
      if (value->kind != Expression::Kind::constant && !negative) return in_.unexpected("a constant value");
      Value constant = negative ? Value(-number_of(value->parts[0].constant).value_or(0)) : value->constant;
      if (auto target = in_.expect_word("for"); !target) return target;
      // a column may be called avg(x)
      auto field = in_.expression();
      if (!field) return std::unexpected(field.error());
      if (field->kind != Expression::Kind::field) return in_.unexpected("a field's name");
      fill.values.emplace_back(field->slot, std::move(constant));
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) break;
    }
  }
  plan_.commands.emplace_back(std::move(fill));
  return {};
}

Parsed<void> CommandParser::outlier(const Token&) {
  OutlierCommand command;
  bool mark = false;
  std::vector<FieldSlot> slots;
  while (in_.at_name()) {
    const auto action = option("action");
    // without an "=" a field may be called so: the option's name is taken, and what follows tells
    if (!action) return std::unexpected(action.error());
    if (*action) {
      command.remove = in_.at_word("remove");
      if (!command.remove && !in_.at_word("transform")) return in_.unexpected("remove or transform");
      if (auto moved = in_.advance(); !moved) return moved;
      continue;
    }
    const auto param = option("param");
    if (!param) return std::unexpected(param.error());
    if (*param) {
      auto number = in_.number();
      if (!number) return std::unexpected(number.error());
      command.multiplier = *number;
      continue;
    }
    bool taken = false;
    for (const char* which : {"uselower", "mark"}) {
      const auto given = option(which);
      if (!given) return std::unexpected(given.error());
      if (!*given) continue;
      auto yes = truth();
      if (!yes) return std::unexpected(yes.error());
      (which[0] == 'u' ? command.lower : mark) = *yes;
      taken = true;
    }
    if (taken) continue;
    auto slot = in_.known_slot();
    if (!slot) return std::unexpected(slot.error());
    slots.push_back(*slot);
    if (auto more = in_.accept_sign(","); !more) return std::unexpected(more.error());
  }
  if (slots.empty()) return in_.unexpected("a field's name");
  for (const FieldSlot slot : slots) {
    show(slot);
    FieldSlot marked = no_slot;
    if (mark) {
      auto made = make("isOutlier_" + in_.names->at(slot).text, in_.last_end(), in_.last_end());
      if (!made) return std::unexpected(made.error());
      show(marked = *made);
    }
    command.slots.emplace_back(slot, marked);
  }
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::sessionize(const Token&) {
  SessionizeCommand command;
  auto names = list(&CommandParser::known_name);
  if (!names) return std::unexpected(names.error());
  command.slots = std::move(*names);
  const auto span = in_.accept_word("maxspan");
  if (!span) return std::unexpected(span.error());
  if (*span) {
    if (auto sign = in_.accept_sign("="); !sign) return std::unexpected(sign.error());
    auto gap = in_.duration_ms();
    if (!gap) return std::unexpected(gap.error());
    command.gap_ms = *gap;
  }
  auto slot = optional_alias("session_id");
  if (!slot) return std::unexpected(slot.error());
  show(command.into = *slot);
  plan_.commands.emplace_back(std::move(command));
  return {};
}

}  // namespace tocsin::diagnose
