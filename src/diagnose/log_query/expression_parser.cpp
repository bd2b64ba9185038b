#include "diagnose/log_query/expression_parser.h"

#include <utility>

#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

constexpr int depth_max = 64;

Expression operation(Operation operation, Expression left, Expression right) {
  Expression both{.kind = Expression::Kind::operation, .operation = operation};
  both.parts.push_back(std::move(left));
  both.parts.push_back(std::move(right));
  return both;
}

Expression wrapped(Expression::Kind kind, Expression part) {
  Expression whole{.kind = kind};
  whole.parts.push_back(std::move(part));
  return whole;
}

Expression constant(Value value) { return {.kind = Expression::Kind::constant, .constant = std::move(value)}; }

}  // namespace

Parsed<Expression> ExpressionParser::any(int depth) {
  if (depth > depth_max) return wrong("the expression is nested too deeply");
  auto left = all(depth);
  while (left && at_word("or")) {
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    auto right = all(depth);
    if (!right) return right;
    left = operation(Operation::logical_or, std::move(*left), std::move(*right));
  }
  return left;
}

Parsed<Expression> ExpressionParser::all(int depth) {
  auto left = negated(depth);
  while (left && at_word("and")) {
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    auto right = negated(depth);
    if (!right) return right;
    left = operation(Operation::logical_and, std::move(*left), std::move(*right));
  }
  return left;
}

Parsed<Expression> ExpressionParser::negated(int depth) {
  if (depth > depth_max) return wrong("the expression is nested too deeply");
  if (!at_word("not") && !at_sign("!")) return relation(depth);
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  auto part = negated(depth + 1);
  if (!part) return part;
  return wrapped(Expression::Kind::logical_not, std::move(*part));
}

Parsed<Expression> ExpressionParser::relation(int depth) {
  auto left = sum(depth);
  if (!left) return left;
  const auto negate = accept_word("not");
  if (!negate) return std::unexpected(negate.error());
  for (const char* word : {"like", "in"})
    if (at_word(word)) {
      if (auto moved = advance(); !moved) return std::unexpected(moved.error());
      return word[0] == 'l' ? like(std::move(*left), *negate) : in(std::move(*left), *negate, depth);
    }
  if (*negate) return unexpected("like or in");
  if (at_sign("=~")) {
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    return like(std::move(*left), false);
  }
  constexpr std::pair<std::string_view, Operation> signs[] = {{"=", Operation::equal},   {"!=", Operation::not_equal},
                                                              {"<", Operation::less},    {"<=", Operation::less_equal},
                                                              {">", Operation::greater}, {">=", Operation::greater_equal}};
  for (const auto& [sign, which] : signs)
    if (at_sign(sign)) {
      if (auto moved = advance(); !moved) return std::unexpected(moved.error());
      auto right = sum(depth);
      if (!right) return right;
      return operation(which, std::move(*left), std::move(*right));
    }
  return left;
}

Parsed<Expression> ExpressionParser::like(Expression left, bool negate) {
  Expression test = wrapped(Expression::Kind::contains, std::move(left));
  if (token_.kind == TokenKind::text) {
    test.constant = token_.text;
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  } else {
    auto compiled = regex();
    if (!compiled) return std::unexpected(compiled.error());
    test.kind = Expression::Kind::matches;
    test.regex = *compiled;
  }
  return negate ? wrapped(Expression::Kind::logical_not, std::move(test)) : test;
}

Parsed<Expression> ExpressionParser::in(Expression left, bool negate, int depth) {
  const auto finished = [&](Parsed<Expression> test) {
    return test && negate ? wrapped(Expression::Kind::logical_not, std::move(*test)) : test;
  };
  if (const auto list = accept_sign("["); !list || *list)
    return list ? finished(in_list(std::move(left), "]")) : std::unexpected(list.error());
  if (const auto opened = accept_sign("("); !opened || *opened) {
    if (!opened) return std::unexpected(opened.error());
    const bool list = token_.kind == TokenKind::number || token_.kind == TokenKind::text || at_sign("-");
    if (list) return finished(in_list(std::move(left), ")"));
    if (!in_subquery) return wrong("a subquery cannot stand within a subquery");
    return finished(in_subquery(std::move(left)));
  }
  if (!at_name()) return unexpected("a list in brackets or a subquery");
  auto array = sum(depth);
  if (!array) return array;
  Expression test = wrapped(Expression::Kind::in_value, std::move(left));
  test.parts.push_back(std::move(*array));
  return finished(std::move(test));
}

Parsed<Expression> ExpressionParser::in_list(Expression left, std::string_view closing) {
  Expression test = wrapped(Expression::Kind::in, std::move(left));
  while (!at_sign(closing) || !test.list.empty()) {
    const auto minus = accept_sign("-");
    if (!minus) return std::unexpected(minus.error());
    if (token_.kind == TokenKind::number)
      test.list.emplace_back(*minus ? -token_.number : token_.number);
    else if (token_.kind == TokenKind::text && !*minus)
      test.list.emplace_back(token_.text);
    else if (!*minus && (at_word("true") || at_word("false")))
      test.list.emplace_back(lower_case(token_.text));
    else
      return unexpected("a text in quotes or a number");
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    const auto more = accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  if (auto closed = expect_sign(closing); !closed) return std::unexpected(closed.error());
  return test;
}

Parsed<Expression> ExpressionParser::chain(int depth, Part part, std::initializer_list<std::pair<std::string_view, Operation>> signs) {
  auto left = (this->*part)(depth);
  while (left) {
    const std::pair<std::string_view, Operation>* found = nullptr;
    for (const auto& each : signs)
      if (at_sign(each.first)) found = &each;
    if (!found) return left;
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    auto right = (this->*part)(depth);
    if (!right) return right;
    left = operation(found->second, std::move(*left), std::move(*right));
  }
  return left;
}

Parsed<Expression> ExpressionParser::sum(int depth) {
  return chain(depth, &ExpressionParser::product, {{"+", Operation::add}, {"-", Operation::subtract}});
}
Parsed<Expression> ExpressionParser::product(int depth) {
  return chain(depth, &ExpressionParser::power, {{"*", Operation::multiply}, {"/", Operation::divide}, {"%", Operation::remainder}});
}
Parsed<Expression> ExpressionParser::power(int depth) { return chain(depth, &ExpressionParser::unary, {{"^", Operation::power}}); }

Parsed<Expression> ExpressionParser::unary(int depth) {
  if (depth > depth_max) return wrong("the expression is nested too deeply");
  const auto minus = accept_sign("-");
  if (!minus) return std::unexpected(minus.error());
  if (!*minus) return primary(depth);
  auto part = unary(depth + 1);
  if (!part) return part;
  return wrapped(Expression::Kind::negative, std::move(*part));
}

Parsed<Expression> ExpressionParser::primary(int depth) {
  const Token token = token_;
  if (const auto open = accept_sign("("); !open || *open) {
    if (!open) return std::unexpected(open.error());
    auto inner = any(depth + 1);
    if (!inner) return inner;
    if (auto closed = expect_sign(")"); !closed) return std::unexpected(closed.error());
    return with_attributes(std::move(*inner));
  }
  if (token.kind != TokenKind::number && token.kind != TokenKind::text && token.kind != TokenKind::word && token.kind != TokenKind::field)
    return unexpected("a field, a value or a function");
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  if (token.kind == TokenKind::number) {
    // a double would not hold the long ids of accounts and requests
    const std::string digits = text_since(token.begin);
    if (digits.size() > 15 && digits.find_first_not_of("0123456789") == std::string::npos) return constant(digits);
    return constant(token.number);
  }
  if (token.kind == TokenKind::text) return constant(token.text);
  if (token.kind == TokenKind::word && at_sign("(")) {
    auto called = call(token, depth);
    return called ? with_attributes(std::move(*called)) : called;
  }
  const std::string lower = lower_case(token.text);
  if (token.kind == TokenKind::word && (lower == "true" || lower == "false")) return constant(lower);
  auto named = field(token.text, token);
  return named ? with_attributes(std::move(*named)) : named;
}

/// list[1], map.name and map["name"], one behind the other.
Parsed<Expression> ExpressionParser::with_attributes(Expression owner) {
  for (int depth = 0; at_sign("[") || at_sign("."); ++depth) {
    if (depth > depth_max) return wrong("the expression is nested too deeply");
    const bool bracket = at_sign("[");
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    Expression inner = wrapped(Expression::Kind::attribute, std::move(owner));
    if (bracket && token_.kind == TokenKind::number)
      inner.constant = token_.number;
    else if (bracket ? token_.kind == TokenKind::text : at_name())
      inner.constant = token_.text;
    else
      return unexpected(bracket ? "the number of an element" : "the name of an attribute");
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    if (bracket)
      if (auto closed = expect_sign("]"); !closed) return std::unexpected(closed.error());
    owner = std::move(inner);
  }
  return owner;
}

Parsed<Expression> ExpressionParser::call(const Token& name, int depth) {
  const auto refused = [&](const std::string& message) { return std::unexpected(QueryError{message, name.begin, name.end}); };
  const FunctionForm* form = function_named(name.text);
  const StatisticForm* statistic = statistic_named(name.text);
  if (statistic && (aggregates || !form)) return aggregate(name, statistic->statistic, depth);
  if (!form && lower_case(name.text) == "unmask") return unmasked();
  if (!form) return refused("the function " + name.text + " is not known");
  if (auto opened = expect_sign("("); !opened) return std::unexpected(opened.error());
  Expression call{.kind = Expression::Kind::call, .constant = {}, .name = {}, .function = form};
  if (auto read = arguments(call, depth); !read) return std::unexpected(read.error());
  if (call.parts.size() < form->arguments_min || call.parts.size() > form->arguments_max) {
    const std::string wanted = form->arguments_min == form->arguments_max
                                   ? std::to_string(form->arguments_min)
                                   : std::to_string(form->arguments_min) + " to " + std::to_string(form->arguments_max);
    return refused(name.text + " takes " + wanted + " arguments, not " + std::to_string(call.parts.size()));
  }
  if (form->special == FunctionForm::Special::period_alone) {
    auto time = field("@timestamp", name);
    if (!time) return time;
    call.parts.push_back(std::move(*time));
  }
  if (form->name == "regexreplace" && call.parts[1].kind == Expression::Kind::constant) {
    auto compiled = compile_query_regex(text_of(call.parts[1].constant), name.begin, last_end_);
    if (!compiled) return std::unexpected(compiled.error());
    call.regex = *compiled;
  }
  return call;
}

/// unmask(field): what the event has without masks; what the query itself set stays as it is.
Parsed<Expression> ExpressionParser::unmasked() {
  if (auto opened = expect_sign("("); !opened) return std::unexpected(opened.error());
  if (!at_name()) return unexpected("the name of a field");
  const Token named = token_;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  auto read = field(named.text, named);
  if (!read) return read;
  if (auto closed = expect_sign(")"); !closed) return std::unexpected(closed.error());
  const FieldOrigin origin = names->at(read->slot).origin;
  const bool masked = origin == FieldOrigin::message || origin == FieldOrigin::discovered;
  if (masked && !scope.made.contains(named.text)) read->slot = names->unmasked_slot(named.text);
  read->name = "unmask";
  return read;
}

Parsed<void> ExpressionParser::arguments(Expression& call, int depth) {
  const bool ends_in_period =
      call.function->special == FunctionForm::Special::period_alone || call.function->special == FunctionForm::Special::period_last;
  bool first = true;
  while (!at_sign(")")) {
    if (!first)
      if (auto comma = expect_sign(","); !comma) return comma;
    first = false;
    if (ends_in_period && call.parts.size() == call.function->arguments_min) {
      auto span = period();
      if (!span) return std::unexpected(span.error());
      call.period = *span;
      return expect_sign(")");
    }
    auto argument = any(depth + 1);
    if (!argument) return std::unexpected(argument.error());
    call.parts.push_back(std::move(*argument));
  }
  if (ends_in_period) return unexpected("a period such as 5m");
  return expect_sign(")");
}

/// Within stats a state of each group; elsewhere the name of a column that stats made.
Parsed<Expression> ExpressionParser::aggregate(const Token& name, Statistic statistic, int depth) {
  if (auto opened = expect_sign("("); !opened) return std::unexpected(opened.error());
  Aggregate made{.statistic = statistic, .expression = {}};
  std::vector<Aggregate>* const into = std::exchange(aggregates, nullptr);
  // what a column's name is made of is not looked at
  auto only = into ? std::nullopt : std::exchange(scope.only, std::nullopt);
  auto read = aggregate_arguments(made, depth);
  if (read) read = expect_sign(")");
  aggregates = into;
  if (!into) scope.only = std::move(only);
  if (!read) return std::unexpected(read.error());
  if (!into) {
    const std::string typed = text_since(name.begin);
    if (!scope.only || !scope.only->contains(typed))
      return std::unexpected(
          QueryError{name.text + " can only be used in stats, or behind it as the name of one of its columns", name.begin, last_end_});
    return field(typed, name);
  }
  into->push_back(std::move(made));
  return Expression{.kind = Expression::Kind::aggregate, .constant = {}, .name = {}, .number = into->size() - 1};
}

Parsed<void> ExpressionParser::aggregate_arguments(Aggregate& aggregate, int depth) {
  if (aggregate.statistic == Statistic::count) {
    if (at_sign(")")) return {};
    const auto star = accept_sign("*");
    if (!star) return std::unexpected(star.error());
    if (*star) return {};
    aggregate.statistic = Statistic::count_of;
  }
  if (aggregate.statistic == Statistic::topk) {
    auto k = number();
    if (!k) return std::unexpected(k.error());
    if (*k < 1 || *k > 10'000) return wrong("the k of topk is from 1 to 10000");
    aggregate.parameter = *k;
    if (auto comma = expect_sign(","); !comma) return comma;
  }
  auto expression = any(depth + 1);
  if (!expression) return std::unexpected(expression.error());
  aggregate.expression = std::move(*expression);
  if (aggregate.statistic == Statistic::rate) {
    if (auto comma = expect_sign(","); !comma) return comma;
    auto span = duration_ms();
    if (!span) return std::unexpected(span.error());
    aggregate.parameter = static_cast<double>(*span) / 1000;
  }
  if (aggregate.statistic != Statistic::pct && aggregate.statistic != Statistic::histogram) return {};
  if (auto comma = expect_sign(","); !comma) return comma;
  const bool percentile = aggregate.statistic == Statistic::pct;
  if (token_.kind != TokenKind::number || token_.number > (percentile ? 100 : 10'000) || (!percentile && token_.number < 1))
    return unexpected(percentile ? "a percentile from 0 to 100" : "a number of buckets from 1 to 10000");
  aggregate.parameter = token_.number;
  return advance();
}

}  // namespace tocsin::diagnose
