#include "diagnose/log_query/expression_parser.h"

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

/// Named groups as this RE2 reads them: (?<name>…) becomes (?P<name>…).
std::string with_named_groups(const std::string& pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    out += pattern[i];
    if (pattern[i] == '\\' && i + 1 < pattern.size())
      out += pattern[++i];
    else if (pattern.compare(i, 3, "(?<") == 0 && i + 3 < pattern.size() && pattern[i + 3] != '=' && pattern[i + 3] != '!') {
      out += "?P";
      ++i;
    }
  }
  return out;
}

}  // namespace

Parsed<Regex> compile_query_regex(const std::string& pattern, std::size_t begin, std::size_t end) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(4 << 20);
  auto regex = std::make_shared<const re2::RE2>(with_named_groups(pattern), options);
  if (!regex->ok()) return std::unexpected(QueryError{"invalid regular expression: " + regex->error(), begin, end});
  return regex;
}

Parsed<void> ExpressionParser::advance() {
  last_end_ = token_.end;
  auto next = lexer_.next();
  if (!next) return std::unexpected(next.error());
  token_ = std::move(*next);
  return {};
}

bool ExpressionParser::at_word(std::string_view word) const { return token_.kind == TokenKind::word && lower_case(token_.text) == word; }

Parsed<bool> ExpressionParser::accept_sign(std::string_view sign) {
  if (!at_sign(sign)) return false;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return true;
}

Parsed<bool> ExpressionParser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return true;
}

Parsed<void> ExpressionParser::expect_sign(std::string_view sign) {
  if (!at_sign(sign)) return unexpected("'" + std::string(sign) + "'");
  return advance();
}

std::unexpected<QueryError> ExpressionParser::unexpected(const std::string& wanted) const {
  const std::string found = token_.kind == TokenKind::end ? "the end of the query"
                                                          : "'" + std::string(query_.substr(token_.begin, token_.end - token_.begin)) + "'";
  return wrong("unexpected " + found + ", " + wanted + " expected");
}

Parsed<std::string> ExpressionParser::name() {
  if (token_.kind != TokenKind::word && token_.kind != TokenKind::field) return unexpected("a field's name");
  std::string name = token_.text;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return name;
}

Parsed<Regex> ExpressionParser::regex() {
  Token text = token_;
  if (at_sign("/")) {
    auto read = lexer_.regex(token_.begin);
    if (!read) return std::unexpected(read.error());
    text = token_ = std::move(*read);
  } else if (token_.kind != TokenKind::text) {
    return unexpected("a regular expression");
  }
  auto compiled = compile_query_regex(text.text, text.begin, text.end);
  if (!compiled) return compiled;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return compiled;
}

Parsed<Period> ExpressionParser::period() {
  if (token_.kind != TokenKind::duration) return unexpected("a period such as 5m");
  const auto unit = unit_named(token_.text);
  if (!unit) return wrong("unknown unit of time '" + token_.text + "'");
  if (token_.number < 1 || token_.number > 1e9 || token_.number != static_cast<double>(static_cast<std::int64_t>(token_.number)))
    return wrong("a period must be a whole number of at least 1");
  const Period period{static_cast<std::int64_t>(token_.number), *unit};
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return period;
}

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
      return word[0] == 'l' ? like(std::move(*left), *negate) : in(std::move(*left), *negate);
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

Parsed<Expression> ExpressionParser::in(Expression left, bool negate) {
  Expression test = wrapped(Expression::Kind::in, std::move(left));
  const bool round = at_sign("(");
  if (auto opened = expect_sign(round ? "(" : "["); !opened) return std::unexpected(opened.error());
  while (true) {
    const auto minus = accept_sign("-");
    if (!minus) return std::unexpected(minus.error());
    if (token_.kind == TokenKind::number)
      test.list.emplace_back(*minus ? -token_.number : token_.number);
    else if (token_.kind == TokenKind::text && !*minus)
      test.list.emplace_back(token_.text);
    else
      return unexpected("a string or a number");
    if (auto moved = advance(); !moved) return std::unexpected(moved.error());
    const auto more = accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  if (auto closed = expect_sign(round ? ")" : "]"); !closed) return std::unexpected(closed.error());
  return negate ? wrapped(Expression::Kind::logical_not, std::move(test)) : test;
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
    return inner;
  }
  if (token.kind != TokenKind::number && token.kind != TokenKind::text && token.kind != TokenKind::word && token.kind != TokenKind::field)
    return unexpected("a value");
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  if (token.kind == TokenKind::number) return constant(token.number);
  if (token.kind == TokenKind::text) return constant(token.text);
  if (token.kind == TokenKind::word && at_sign("(")) return call(token, depth);
  return Expression{.kind = Expression::Kind::field, .constant = {}, .field = token.text};
}

Parsed<Expression> ExpressionParser::call(const Token& name, int depth) {
  const auto refused = [&](const std::string& message) { return std::unexpected(QueryError{message, name.begin, name.end}); };
  const FunctionForm* form = function_named(name.text);
  if (!form)
    return refused(statistic_named(name.text) ? name.text + " can only be used in stats"
                                              : "the function '" + name.text + "' is not known or not offered yet");
  if (auto opened = expect_sign("("); !opened) return std::unexpected(opened.error());
  Expression call{.kind = Expression::Kind::call, .constant = {}, .field = {}, .function = form->function};
  if (form->period) return bin_arguments(std::move(call), depth);
  while (!at_sign(")")) {
    if (!call.parts.empty())
      if (auto comma = expect_sign(","); !comma) return std::unexpected(comma.error());
    auto argument = any(depth + 1);
    if (!argument) return argument;
    call.parts.push_back(std::move(*argument));
  }
  if (call.parts.size() < form->arguments_min || call.parts.size() > form->arguments_max)
    return refused("wrong number of arguments of " + name.text);
  if (auto closed = expect_sign(")"); !closed) return std::unexpected(closed.error());
  return call;
}

Parsed<Expression> ExpressionParser::bin_arguments(Expression call, int depth) {
  if (call.function != Function::bin) {
    auto argument = any(depth + 1);
    if (!argument) return argument;
    call.parts.push_back(std::move(*argument));
    if (auto comma = expect_sign(","); !comma) return std::unexpected(comma.error());
  }
  auto span = period();
  if (!span) return std::unexpected(span.error());
  call.period = *span;
  if (auto closed = expect_sign(")"); !closed) return std::unexpected(closed.error());
  return call;
}

}  // namespace tocsin::diagnose
