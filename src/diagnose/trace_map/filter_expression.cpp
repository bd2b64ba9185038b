#include "diagnose/trace_map/filter_expression.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/letters.h"
#include "diagnose/trace_map/filter_lexer.h"

namespace tocsin::diagnose {
namespace {

using Kind = FilterExpression::Kind;
using Token = FilterToken;
using Parsed = Result<FilterExpression>;

constexpr int depth_max = 50;
constexpr std::array flags = {"ok", "error", "throttle", "fault", "partial", "inferred", "first", "last", "remote", "root"};
constexpr std::array numbers = {"responsetime", "duration", "http.status", "index", "coverage"};
constexpr std::array texts = {"http.url", "http.method", "http.useragent",   "http.clientip", "user",        "name",
                              "type",     "message",     "availabilityzone", "instance.id",   "resource.arn"};

std::unexpected<Error> bad(std::string what) { return fail(ErrorKind::invalid, "Invalid filter expression: " + std::move(what)); }

bool is_word(const Token& token, std::string_view word) { return token.kind == Token::Kind::word && lower_case(token.text) == word; }

template <typename List>
bool is_among(const List& list, const std::string& key) {
  return std::ranges::find(list, key) != list.end();
}

std::optional<FilterOperator> operator_of(const Token& token) {
  using enum FilterOperator;
  struct Named {
    const char* name;
    FilterOperator op;
  };
  constexpr Named signs[] = {{"=", equal}, {"!=", not_equal}, {"<", less}, {"<=", less_or_equal}, {">", greater}, {">=", greater_or_equal}};
  constexpr Named words[] = {{"contains", contains}, {"beginswith", begins_with}, {"endswith", ends_with}};
  for (const Named& each : signs)
    if (token.is(each.name)) return each.op;
  for (const Named& each : words)
    if (is_word(token, each.name)) return each.op;
  return std::nullopt;
}

bool compares_size(FilterOperator op) { return op >= FilterOperator::less && op <= FilterOperator::greater_or_equal; }
bool compares_text(FilterOperator op) { return op >= FilterOperator::contains; }

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Parsed whole() {
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (token_.kind == Token::Kind::end) return FilterExpression{};
    Parsed expression = disjunction(0);
    if (expression && token_.kind != Token::Kind::end) return unexpected_token();
    return expression;
  }

 private:
  Result<void> advance() {
    auto token = lexer_.next();
    if (!token) return std::unexpected(token.error());
    token_ = std::move(*token);
    return {};
  }
  std::unexpected<Error> unexpected_token() const {
    return bad(token_.kind == Token::Kind::end ? "it ends too early" : "unexpected '" + token_.text + "'");
  }
  Result<void> expect(std::string_view sign) {
    if (!token_.is(sign))
      return bad("'" + std::string(sign) + "' expected" + (token_.kind == Token::Kind::end ? "" : " before '" + token_.text + "'"));
    return advance();
  }

  Parsed disjunction(int depth) {
    if (depth > depth_max) return bad("it is nested too deeply");
    FilterExpression out{.kind = Kind::disjunction};
    while (true) {
      Parsed part = conjunction(depth);
      if (!part) return part;
      out.parts.push_back(std::move(*part));
      if (!is_word(token_, "or")) return out.parts.size() == 1 ? std::move(out.parts.front()) : std::move(out);
      if (auto done = advance(); !done) return std::unexpected(done.error());
    }
  }

  // parts may stand side by side, without AND
  Parsed conjunction(int depth) {
    FilterExpression out{.kind = Kind::conjunction};
    while (true) {
      Parsed part = term(depth);
      if (!part) return part;
      out.parts.push_back(std::move(*part));
      const bool joined = is_word(token_, "and");
      if (joined)
        if (auto done = advance(); !done) return std::unexpected(done.error());
      const bool more = joined || token_.is("!") || token_.is("(") || (token_.kind == Token::Kind::word && !is_word(token_, "or"));
      if (!more) return out.parts.size() == 1 ? std::move(out.parts.front()) : std::move(out);
    }
  }

  Parsed term(int depth) {
    if (depth > depth_max) return bad("it is nested too deeply");
    if (token_.is("!")) {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      Parsed inner = term(depth + 1);
      if (!inner) return inner;
      FilterExpression out{.kind = Kind::negation};
      out.parts.push_back(std::move(*inner));
      return out;
    }
    if (token_.is("(")) {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      Parsed inner = disjunction(depth + 1);
      if (!inner) return inner;
      if (auto done = expect(")"); !done) return std::unexpected(done.error());
      return inner;
    }
    if (token_.kind != Token::Kind::word) return unexpected_token();
    return keyword(depth);
  }

  Parsed keyword(int depth) {
    const std::string word = token_.text, key = lower_case(word);
    if (key == "annotation") return annotation_in_brackets();
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (key.starts_with("annotation.")) return comparison({.kind = Kind::annotation, .key = word.substr(11)});
    if (key == "service") return selection({.kind = Kind::service}, 1, depth);
    if (key == "edge") return selection({.kind = Kind::edge}, 2, depth);
    if (key == "group.name" || key == "group.arn") return comparison({.kind = Kind::group, .key = key});
    if (key == "rootcause.json" || key == "json") return cause_json();
    if (key.starts_with("rootcause.")) return root_cause(key, depth);
    if (!is_among(flags, key) && !is_among(numbers, key) && !is_among(texts, key)) return bad("unknown keyword '" + word + "'");
    return comparison({.kind = Kind::keyword, .key = key});
  }

  Parsed annotation_in_brackets() {
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (!token_.is("[")) return bad("'[' expected after annotation");
    auto key = lexer_.bracketed();
    if (!key) return std::unexpected(key.error());
    if (auto done = advance(); !done) return std::unexpected(done.error());
    return comparison({.kind = Kind::annotation, .key = *key});
  }

  Parsed comparison(FilterExpression out) {
    const auto op = operator_of(token_);
    if (!op) return out.kind == Kind::group ? Parsed(bad("a group is compared with '='")) : Parsed(std::move(out));
    out.op = *op;
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (token_.kind == Token::Kind::number)
      out.value = token_.number;
    else if (is_word(token_, "true") || is_word(token_, "false"))
      out.value = is_word(token_, "true");
    else if (token_.kind == Token::Kind::text || token_.kind == Token::Kind::word)
      out.value = token_.text;
    else
      return bad("a value expected after the operator");
    if (auto checked = check(out); !checked) return std::unexpected(checked.error());
    if (auto done = advance(); !done) return std::unexpected(done.error());
    return out;
  }

  // each keyword has its type, and each type its operators
  static Result<void> check(FilterExpression& out) {
    if (out.kind == Kind::group && (out.op != FilterOperator::equal && out.op != FilterOperator::not_equal))
      return bad("a group is compared with '=' or '!='");
    if (compares_text(out.op) && !std::holds_alternative<std::string>(out.value)) return bad("a text expected for '" + out.key + "'");
    if (compares_size(out.op) && !std::holds_alternative<double>(out.value)) return bad("a number expected for '" + out.key + "'");
    if (out.kind != Kind::keyword) return {};
    if (is_among(flags, out.key)) {
      if (const auto* text = std::get_if<std::string>(&out.value)) {
        if (lower_case(*text) != "true" && lower_case(*text) != "false") return bad("true or false expected for '" + out.key + "'");
        out.value = lower_case(*text) == "true";
      }
      if (!std::holds_alternative<bool>(out.value) || compares_size(out.op)) return bad("true or false expected for '" + out.key + "'");
    } else if (is_among(numbers, out.key)) {
      if (!std::holds_alternative<double>(out.value)) return bad("a number expected for '" + out.key + "'");
    } else if (!std::holds_alternative<std::string>(out.value)) {
      return bad("a text in quotation marks expected for '" + out.key + "'");
    }
    return {};
  }

  Parsed selection(FilterExpression out, std::size_t count, int depth) {
    if (token_.is("(")) {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      while (!token_.is(")")) {
        auto selector = this->selector();
        if (!selector) return std::unexpected(selector.error());
        out.selectors.push_back(std::move(*selector));
        if (!token_.is(",")) break;
        if (auto done = advance(); !done) return std::unexpected(done.error());
      }
      if (auto done = expect(")"); !done) return std::unexpected(done.error());
    }
    if (out.selectors.size() > count || (count == 2 && out.selectors.size() == 1))
      return bad(count == 2 ? "edge takes two services" : "service takes one name");
    out.selectors.resize(count);
    return with_inner(std::move(out), depth);
  }

  Parsed with_inner(FilterExpression out, int depth) {
    if (!token_.is("{")) return out;
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (!token_.is("}")) {
      Parsed inner = disjunction(depth + 1);
      if (!inner) return inner;
      out.parts.push_back(std::move(*inner));
    }
    if (auto done = expect("}"); !done) return std::unexpected(done.error());
    return out;
  }

  Result<ServiceSelector> selector() {
    if (is_word(token_, "id")) {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      if (token_.is("(")) return identity();
      return ServiceSelector{.name = "id"};
    }
    if (token_.kind != Token::Kind::text && token_.kind != Token::Kind::word) return bad("the name of a service expected");
    ServiceSelector out{.name = token_.text};
    if (auto done = advance(); !done) return std::unexpected(done.error());
    return out;
  }

  Result<ServiceSelector> identity() {
    ServiceSelector out;
    do {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      const std::string member = lower_case(token_.text);
      std::string* into = member == "name" ? &out.name : member == "type" ? &out.type : member == "account.id" ? &out.account : nullptr;
      if (token_.kind != Token::Kind::word || !into) return bad("name, type or account.id expected in id()");
      if (auto done = advance(); !done) return std::unexpected(done.error());
      if (auto done = expect(":"); !done) return std::unexpected(done.error());
      if (token_.kind != Token::Kind::text && token_.kind != Token::Kind::number && token_.kind != Token::Kind::word)
        return bad("a text expected in id()");
      *into = token_.text;
      if (auto done = advance(); !done) return std::unexpected(done.error());
    } while (token_.is(","));
    if (auto done = expect(")"); !done) return std::unexpected(done.error());
    return out;
  }

  Parsed cause_json() {
    FilterExpression out{.kind = Kind::root_cause_json, .key = "rootcause.json"};
    if (auto done = expect("="); !done) return std::unexpected(done.error());
    if (token_.kind != Token::Kind::json) return bad("#[…] expected after rootcause.json =");
    auto json = parse_json(token_.text);
    if (!json || !json->is_array()) return bad("the JSON after '#' is not a list");
    out.json = std::make_shared<const Document>(std::move(*json));
    if (auto done = advance(); !done) return std::unexpected(done.error());
    return out;
  }

  Parsed root_cause(const std::string& key, int depth) {
    constexpr std::array known = {"rootcause.fault.service",        "rootcause.fault.entity",        "rootcause.fault.exception",
                                  "rootcause.error.service",        "rootcause.error.entity",        "rootcause.error.exception",
                                  "rootcause.responsetime.service", "rootcause.responsetime.entity", "rootcause.responsetime.exception"};
    if (!is_among(known, key)) return bad("unknown keyword '" + key + "'");
    return with_inner({.kind = Kind::root_cause, .key = key}, depth);
  }

  FilterLexer lexer_;
  Token token_;
};

}  // namespace

Result<FilterExpression> parse_filter(std::string_view text) { return Parser(text).whole(); }

}  // namespace tocsin::diagnose
