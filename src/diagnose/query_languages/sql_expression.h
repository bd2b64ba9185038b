// Expressions of SQL and PPL, said in the language of Logs Insights.
#pragma once

#include <functional>
#include <vector>

#include "diagnose/query_languages/sql_tokens.h"

namespace tocsin::diagnose {

struct SqlExpression {
  std::string text;    ///< in the language of Logs Insights
  std::string source;  ///< as it was written
  std::string field;   ///< its name, when it is a field alone
  bool statistic = false;
};

class SqlExpressionReader {
 public:
  /// `fractions`: percentiles are written between 0 and 1.
  SqlExpressionReader(SqlReader& in, bool fractions) : in_(in), fractions_(fractions) {}
  Parsed<SqlExpression> expression();
  /// Reads `SELECT …` behind `IN (`, up to the parenthesis, and gives it as a subquery; without it there are none.
  std::function<Parsed<std::string>()> subquery;
  /// What each name stands for: an alias of a table may be left out. Without it each for itself.
  std::function<std::string(const std::string&)> resolve;
  /// Told of each statistic as it would be written; gives what stands for it (a column's name), or it itself.
  std::function<std::string(const std::string& call)> statistic_column;

 private:
  Parsed<std::string> any(int depth);
  Parsed<std::string> all(int depth);
  Parsed<std::string> negated(int depth);
  Parsed<std::string> relation(int depth);
  Parsed<std::string> tested(std::string left, int depth);
  Parsed<std::string> in(const std::string& left, int depth);
  Parsed<std::string> sum(int depth);
  /// Behind the word INTERVAL's sign: the time moved by it.
  Parsed<std::string> interval(const std::string& time, bool back);
  Parsed<std::string> product(int depth);
  Parsed<std::string> unary(int depth);
  Parsed<std::string> primary(int depth);
  Parsed<std::string> call(const SqlToken& name, int depth);
  Parsed<std::string> cases(int depth);
  Parsed<std::string> cast(int depth);

  SqlReader& in_;
  bool fractions_;
  bool statistic_ = false;
  std::string lone_field_;
};

}  // namespace tocsin::diagnose
