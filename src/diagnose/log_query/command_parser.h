// Commands of a query, one after the other. What each makes of the columns is followed here, so that wrong names are told at once.
#pragma once

#include "diagnose/log_query/expression_parser.h"

namespace tocsin::diagnose {

class CommandParser {
 public:
  enum class Place { outermost, subquery, right_of_join, appended };
  CommandParser(ExpressionParser& in, Place place) : in_(in), place_(place) {}

  /// Up to the end of the text, or to the parenthesis that closes a subquery (which is taken).
  Parsed<QueryPlan> query();

 private:
  using Read = Parsed<void> (CommandParser::*)(const Token& word);
  struct Form {
    std::string_view name;
    Read read;
  };
  static const Form* form_named(std::string_view name);

  Parsed<void> command();
  Parsed<void> check_order(const Token& word, std::string_view name);

  // --- commands of rows
  Parsed<void> fields(const Token& word);
  Parsed<void> display(const Token& word);
  Parsed<void> filter(const Token& word);
  Parsed<void> filter_index(const Token& word);
  Parsed<void> parse(const Token& word);
  Parsed<void> parse_regex(ParseCommand& command);
  Parsed<void> parse_glob(ParseCommand& command);
  Parsed<void> parse_made(ParseCommand& command);
  Parsed<void> json(const Token& word);
  Parsed<void> unnest(const Token& word);
  Parsed<void> expand(const Token& word);
  Parsed<void> lookup(const Token& word);
  Parsed<void> cidr_lookup(const Token& word);
  Parsed<void> outputs(LookupCommand& command);
  Parsed<void> unmask(const Token& word);
  // --- other queries within
  Parsed<void> join(const Token& word);
  Parsed<void> append_columns(const Token& word);
  Parsed<Expression> subquery(Expression left);
  Parsed<QueryPlan> inner(Place place);
  Parsed<void> source(const Token& word);
  Parsed<void> source_groups(SourceSelection& source);
  Parsed<void> source_tags(SourceSelection& source);
  Parsed<std::vector<std::string>> texts();
  Parsed<std::optional<std::int64_t>> ago();
  // --- commands of tables
  Parsed<void> stats(const Token& word);
  Parsed<void> sort(const Token& word);
  Parsed<void> limit(const Token& word);
  Parsed<void> dedup(const Token& word);
  Parsed<void> pattern(const Token& word);
  Parsed<void> diff(const Token& word);
  Parsed<void> log_compare(const Token& word);
  Parsed<void> anomaly(const Token& word);
  Parsed<void> add_totals(const Token& word);
  Parsed<void> accumulate(const Token& word);
  Parsed<void> autoregress(const Token& word);
  Parsed<void> fill_down(const Token& word);
  Parsed<void> fill_missing(const Token& word);
  Parsed<void> outlier(const Token& word);
  Parsed<void> sessionize(const Token& word);
  Parsed<void> count_frequent(const Token& word);
  Parsed<void> relevant_fields(const Token& word);
  Parsed<void> estimate(const Token& word);

  // --- of other languages
  Parsed<void> event_stats(const Token& word);
  Parsed<void> trendline(const Token& word);

  // --- parts
  Parsed<Column> column();
  Parsed<Column> statistic_column();
  /// The columns of stats and its kin, and their aggregates.
  Parsed<void> statistics(StatsCommand& command);
  /// "by" and what follows it, if it is there.
  Parsed<void> groups(StatsCommand& command);
  Parsed<SortCommand::Key> sort_key();
  Parsed<FieldSlot> made_name();
  Parsed<FieldSlot> known_name() { return in_.known_slot(); }
  template <typename T>
  Parsed<std::vector<T>> list(Parsed<T> (CommandParser::*part)()) {
    std::vector<T> all;
    while (true) {
      auto one = (this->*part)();
      if (!one) return std::unexpected(one.error());
      all.push_back(std::move(*one));
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return all;
    }
  }
  /// "name =", when that comes next.
  Parsed<bool> option(std::string_view name);
  Parsed<bool> truth();
  Parsed<FieldSlot> make(const std::string& name, std::size_t begin, std::size_t end);
  Parsed<FieldSlot> optional_alias(const std::string& otherwise);
  void show(FieldSlot slot);
  void show_only(std::vector<FieldSlot> slots);
  /// From here on rows are no events, and only these names are there.
  void become_table(std::vector<FieldSlot> slots);
  void finish();
  void finish_join(JoinCommand& join);

  ExpressionParser& in_;
  const Place place_;
  QueryPlan plan_;
  bool fields_named_ = false, display_named_ = false;
  std::size_t stats_ = 0, subqueries_ = 0;
  std::string left_alias_, right_alias_;
  std::string last_, previous_sort_;
  bool dedup_seen_ = false, sort_or_limit_seen_ = false, pattern_seen_ = false, join_seen_ = false;
};

/// A '*' takes as little as it can, one at the end all.
std::string regex_of_glob(const std::string& glob);

}  // namespace tocsin::diagnose
