// Reads PPL, command after command, and says it in the language of Logs Insights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/query_languages/sql_expression.h"

namespace tocsin::diagnose {

class PplReader {
 public:
  PplReader(SqlReader& in, bool inner) : in_(in), inner_(inner), expressions_(in, false) {
    if (!inner)
      expressions_.subquery = [this]() -> Parsed<std::string> {
        PplReader nested(in_, true);
        return nested.read();
      };
  }

  Parsed<std::string> read();

  std::vector<std::string> groups;

 private:
  using Read = Parsed<void> (PplReader::*)();
  struct Form {
    std::string_view name;
    Read read;
  };

  Parsed<void> command();

  Parsed<std::vector<std::string>> names();

  static std::string joined(const std::vector<std::string>& names);

  Parsed<void> search();

  /// source = [`a`, `b`] or source = `a`; an expression may follow as a condition.
  Parsed<void> source();

  Parsed<void> fields();

  Parsed<void> where();

  Parsed<void> eval();

  /// A column under a name that may be there already: it is then another one, under the old name to the user.
  void made(const std::string& name, const std::string& expression);

  Parsed<std::string> statistic(std::vector<std::string>& columns);

  /// A field, an expression, or span(field, 5m).
  Parsed<std::string> group(std::vector<std::string>& columns);

  /// What stats and eventstats ask: statistics, and the groups that they are of.
  struct Grouping {
    std::string text, by;                    ///< as the plan's language has them
    std::vector<std::string> columns, keys;  ///< their names
  };
  Parsed<Grouping> grouping();

  Parsed<void> stats();

  /// [count] [+|-]field, …
  Parsed<void> sort();
  /// Up to what is no key.
  Parsed<void> sort_keys();

  Parsed<void> head();

  Parsed<void> top();
  Parsed<void> rare();

  Parsed<void> most(const char* order);

  Parsed<void> dedup();

  /// The column is another one from now on; it shows under its new name.
  Parsed<void> rename();

  Parsed<void> parse();

  /// fillnull with VALUE in a, b; fillnull using a = VALUE, b = VALUE
  Parsed<void> fillnull();

  void fill(const std::string& name, const std::string& value);

  Parsed<void> patterns();

  Parsed<void> expand();

  Parsed<void> source_part();

  /// eventstats avg(a) as b by c
  Parsed<void> event_stats();

  /// trendline [sort a] sma(3, a) [as b], wma(…)
  Parsed<void> trendline();

  /// fieldsummary includefields=a [nulls=true]
  Parsed<void> field_summary();

  /// grok field 'a%{IP:b}'
  Parsed<void> grok();

  /// [inner | left [outer]] join left=l, right=r on l.a = r.b `group`
  Parsed<void> join() { return join_with(false); }
  Parsed<void> inner_join();
  Parsed<void> left_join();
  Parsed<void> join_with(bool keep_left);

  SqlReader& in_;
  const bool inner_;
  SqlExpressionReader expressions_;
  std::vector<std::string> commands_;
  std::optional<std::vector<std::string>> shown_;  ///< what a display at the end names; without it what the commands show
};

}  // namespace tocsin::diagnose
