#include "diagnose/query_languages/sql_sources.h"

#include "diagnose/query_languages/sql_functions.h"

namespace tocsin::diagnose {
namespace {

using Kind = SqlToken::Kind;

class SourceReader {
 public:
  explicit SourceReader(const std::string& text) : in_(text, SqlReader::DoubleQuotes::text) {}

  Parsed<SqlSources> read() {
    if (auto begun = in_.begin(); !begun) return std::unexpected(begun.error());
    while (!in_.at_end()) {
      const bool groups = in_.at_word("loggroups");
      if (in_.at_word("datasource")) return in_.wrong("data sources are not offered");
      if (!groups && !in_.at_word("filterindex")) return in_.unexpected("logGroups or filterIndex");
      if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
      if (auto open = in_.expect_sign("("); !open) return std::unexpected(open.error());
      if (auto part = groups ? log_groups() : conditions(); !part) return std::unexpected(part.error());
      if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
    }
    if (sources_.groups.empty() && sources_.condition.empty()) return in_.wrong("logGroups names no log group");
    return std::move(sources_);
  }

 private:
  Parsed<void> log_groups() {
    if (auto member = in_.expect_word("loggroupidentifier"); !member) return member;
    if (auto colon = in_.expect_sign(":"); !colon) return colon;
    if (auto open = in_.expect_sign("["); !open) return open;
    while (true) {
      auto name = in_.text();
      if (!name) return std::unexpected(name.error());
      sources_.groups.push_back(std::move(*name));
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return in_.expect_sign("]");
    }
  }

  Parsed<std::string> value() {
    const SqlToken token = in_.token();
    if (token.kind != Kind::text && token.kind != Kind::number) return in_.unexpected("a text or a number");
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    return token.kind == Kind::text ? quoted_text(token.text) : token.text;
  }

  Parsed<void> conditions() {
    while (true) {
      auto field = in_.token().kind == Kind::text ? in_.text() : in_.name();
      if (!field) return std::unexpected(field.error());
      std::string values;
      if (const auto list = in_.accept_word("in"); !list || *list) {
        const bool bracket = in_.at_sign("[");
        if (auto open = in_.expect_sign(bracket ? "[" : "("); !list || !open) return in_.unexpected("[");
        while (true) {
          auto each = value();
          if (!each) return std::unexpected(each.error());
          values += (values.empty() ? "" : ", ") + *each;
          const auto more = in_.accept_sign(",");
          if (!more) return std::unexpected(more.error());
          if (!*more) break;
        }
        if (auto close = in_.expect_sign(bracket ? "]" : ")"); !close) return close;
      } else {
        if (auto equal = in_.expect_sign("="); !equal) return equal;
        auto one = value();
        if (!one) return std::unexpected(one.error());
        values = std::move(*one);
      }
      sources_.condition += (sources_.condition.empty() ? "" : " and ") + quoted_field(*field) + " in [" + values + "]";
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return {};
    }
  }

  SqlReader in_;
  SqlSources sources_;
};

}  // namespace

Parsed<SqlSources> read_sources(const std::string& text, const SqlToken& place) {
  auto sources = SourceReader(text).read();
  if (!sources) return std::unexpected(QueryError{sources.error().message, place.begin, place.end});
  return sources;
}

}  // namespace tocsin::diagnose
