// Commands that look at one row at a time.
#include <algorithm>

#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {

Parsed<Column> CommandParser::column() {
  const Token first = in_.token();
  auto expression = in_.expression();
  if (!expression) return std::unexpected(expression.error());
  Column column{.name = in_.text_since(first.begin), .expression = std::move(*expression)};
  const bool field =
      column.expression.kind == Expression::Kind::field && in_.names->at(column.expression.slot).origin != FieldOrigin::unmasked;
  if (field) column.name = column.expression.name;
  const auto named = in_.accept_word("as");
  if (!named) return std::unexpected(named.error());
  if (!*named) {
    column.slot = in_.names->slot(column.name);
    if (in_.scope.only) in_.scope.only->insert(column.name);
    return column;
  }
  const Token alias = in_.token();
  auto name = in_.name();
  if (!name) return std::unexpected(name.error());
  column.name = *name;
  if (field && column.expression.name == *name) {
    column.slot = column.expression.slot;
    return column;
  }
  auto slot = make(*name, alias.begin, alias.end);
  if (!slot) return std::unexpected(slot.error());
  column.slot = *slot;
  return column;
}

Parsed<void> CommandParser::fields(const Token&) {
  auto columns = list(&CommandParser::column);
  if (!columns) return std::unexpected(columns.error());
  if (!fields_named_ && !display_named_)
    std::erase_if(plan_.shown, [&](FieldSlot slot) {
      const std::string& name = in_.names->at(slot).text;
      return name == "@timestamp" || name == "@message" || name.ends_with(".@timestamp") || name.ends_with(".@message");
    });
  fields_named_ = true;
  for (const Column& column : *columns) show(column.slot);
  plan_.commands.emplace_back(FieldsCommand{std::move(*columns)});
  return {};
}

Parsed<void> CommandParser::display(const Token&) {
  auto columns = list(&CommandParser::column);
  if (!columns) return std::unexpected(columns.error());
  std::vector<FieldSlot> slots;
  for (const Column& column : *columns) slots.push_back(column.slot);
  show_only(std::move(slots));
  display_named_ = true;
  plan_.commands.emplace_back(DisplayCommand{std::move(*columns)});
  return {};
}

Parsed<void> CommandParser::filter(const Token&) {
  auto condition = in_.expression();
  if (!condition) return std::unexpected(condition.error());
  plan_.commands.emplace_back(FilterCommand{std::move(*condition)});
  return {};
}

/// Every field can be looked up here, so it is a filter that must be of the form that an index serves.
Parsed<void> CommandParser::filter_index(const Token&) {
  const Token first = in_.token();
  auto condition = in_.expression();
  if (!condition) return std::unexpected(condition.error());
  const bool equals = condition->kind == Expression::Kind::operation && condition->operation == Operation::equal;
  if ((!equals && condition->kind != Expression::Kind::in) || condition->parts[0].kind != Expression::Kind::field)
    return std::unexpected(QueryError{"filterIndex takes field = value or field in [values]", first.begin, in_.last_end()});
  plan_.commands.emplace_back(FilterCommand{std::move(*condition)});
  return {};
}

std::string regex_of_glob(const std::string& glob) {
  std::string regex = "(?s)";
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '*')
      regex += i + 1 == glob.size() ? "(.*)" : "(.*?)";
    else
      regex += re2::RE2::QuoteMeta(re2::StringPiece(&glob[i], 1));
  }
  return regex;
}

Parsed<void> CommandParser::parse(const Token& word) {
  ParseCommand command;
  std::string source = "@message";
  Token at = word;
  const auto mode_word = [&] { return in_.at_word("logfmt") || in_.at_word("csv"); };
  if (in_.at_name()) {
    // a field may be called logfmt, too
    const bool may_be_mode = mode_word();
    const bool logfmt = in_.at_word("logfmt");
    at = in_.token();
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    if (may_be_mode && in_.at_word("as"))
      command.mode = logfmt ? ParseCommand::Mode::logfmt : ParseCommand::Mode::csv;
    else
      source = std::move(*name);
  }
  if (command.mode == ParseCommand::Mode::regex && mode_word()) {
    command.mode = in_.at_word("logfmt") ? ParseCommand::Mode::logfmt : ParseCommand::Mode::csv;
    if (auto moved = in_.advance(); !moved) return moved;
  }
  auto field = in_.field(source, at);
  if (!field) return std::unexpected(field.error());
  command.source = std::move(*field);
  auto read = command.mode != ParseCommand::Mode::regex ? parse_made(command)
              : in_.at_sign("/")                        ? parse_regex(command)
                                                        : parse_glob(command);
  if (!read) return read;
  for (const FieldSlot slot : command.slots)
    if (slot != no_slot) show(slot);
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::parse_made(ParseCommand& command) {
  if (auto named = in_.expect_word("as"); !named) return named;
  auto slots = list(&CommandParser::made_name);
  if (!slots) return std::unexpected(slots.error());
  if (command.mode == ParseCommand::Mode::logfmt && slots->size() != 1) return in_.wrong("logfmt takes one name");
  command.slots = std::move(*slots);
  return {};
}

Parsed<void> CommandParser::parse_regex(ParseCommand& command) {
  const Token token = in_.token();
  auto regex = in_.regex();
  if (!regex) return std::unexpected(regex.error());
  const std::size_t regex_end = in_.last_end();
  command.regex = *regex;
  const auto& groups = command.regex->CapturingGroupNames();
  const auto count = static_cast<std::size_t>(command.regex->NumberOfCapturingGroups());
  auto multi = in_.accept_word("multi");
  if (!multi) return std::unexpected(multi.error());
  const auto named = in_.accept_word("as");
  if (!named) return std::unexpected(named.error());
  if (*named) {
    const auto names = list(&CommandParser::made_name);
    if (!names) return std::unexpected(names.error());
    if (names->size() != count)
      return std::unexpected(QueryError{
          "the regular expression has " + std::to_string(count) + " groups, but " + std::to_string(names->size()) + " names follow",
          token.begin, in_.last_end()});
    command.slots = *names;
  } else {
    if (groups.empty()) return std::unexpected(QueryError{"the regular expression names no group", token.begin, regex_end});
    for (std::size_t i = 1; i <= count; ++i) {
      const auto group = groups.find(static_cast<int>(i));
      auto slot = group == groups.end() ? Parsed<FieldSlot>(no_slot) : make(group->second, token.begin, regex_end);
      if (!slot) return std::unexpected(slot.error());
      command.slots.push_back(*slot);
    }
  }
  if (!*multi) multi = in_.accept_word("multi");
  if (!multi) return std::unexpected(multi.error());
  command.multi = *multi;
  return {};
}

Parsed<void> CommandParser::parse_glob(ParseCommand& command) {
  const Token glob = in_.token();
  if (glob.kind != TokenKind::text) return in_.unexpected("a pattern in quotes or slashes");
  if (auto moved = in_.advance(); !moved) return moved;
  if (auto named = in_.expect_word("as"); !named) return named;
  auto names = list(&CommandParser::made_name);
  if (!names) return std::unexpected(names.error());
  command.slots = std::move(*names);
  const auto stars = static_cast<std::size_t>(std::count(glob.text.begin(), glob.text.end(), '*'));
  if (stars != command.slots.size())
    return std::unexpected(
        QueryError{"the pattern has " + std::to_string(stars) + " *, but " + std::to_string(command.slots.size()) + " names follow",
                   glob.begin, glob.end});
  auto regex = compile_query_regex(regex_of_glob(glob.text), glob.begin, glob.end);
  if (!regex) return std::unexpected(regex.error());
  command.regex = *regex;
  return {};
}

Parsed<void> CommandParser::json(const Token& word) {
  JsonCommand command;
  std::string source = "@message";
  Token at = word;
  const auto given = option("field");
  if (!given) return std::unexpected(given.error());
  if (*given) {
    at = in_.token();
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    source = std::move(*name);
  }
  auto field = in_.field(source, at);
  if (!field) return std::unexpected(field.error());
  command.source = std::move(*field);
  auto path = in_.text();
  if (!path) return std::unexpected(path.error());
  command.path = std::move(*path);
  auto slot = optional_alias(command.path);
  if (!slot) return std::unexpected(slot.error());
  show(command.slot = *slot);
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::unnest(const Token&) {
  UnnestCommand command;
  auto source = in_.expression();
  if (!source) return std::unexpected(source.error());
  command.source = std::move(*source);
  if (auto into = in_.expect_word("into"); !into) return into;
  auto slot = made_name();
  if (!slot) return std::unexpected(slot.error());
  show(command.into = *slot);
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::expand(const Token&) {
  auto slot = in_.known_slot();
  if (!slot) return std::unexpected(slot.error());
  show(*slot);
  plan_.commands.emplace_back(ExpandCommand{*slot});
  return {};
}

Parsed<void> CommandParser::unmask(const Token&) {
  plan_.unmask = true;
  if (in_.at_name()) {
    auto names = list(&CommandParser::known_name);
    if (!names) return std::unexpected(names.error());
    for (const FieldSlot slot : *names) show(slot);
  }
  return {};
}

}  // namespace tocsin::diagnose
