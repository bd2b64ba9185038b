// Expressions of a plan in SQL. Throws LeftOut for what is not said in it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "sql_emitter.h"

namespace tocsin::opinions {

struct LeftOut {
  std::string what;
};

enum class Kind { text, number, moment };
struct Sql {
  std::string text;
  Kind kind = Kind::text;
};

class SqlExpressions {
 public:
  SqlExpressions(Dialect dialect, const diagnose::QueryPlan& plan, const EmitterInput& input)
      : dialect_(dialect), plan_(plan), input_(input) {}

  Sql value(const diagnose::Expression& expression) const;
  Sql field(diagnose::FieldSlot slot) const;
  /// True or false, never NULL.
  std::string condition(const diagnose::Expression& expression) const;
  std::string as_number(const Sql& sql) const;
  std::string as_text(const Sql& sql) const;
  /// The terms by which rows sort in natural order.
  std::string natural_order(const Sql& sql, bool descending) const;
  /// The same ascending, and of equal ones by their texts.
  std::string group_order(const Sql& sql) const;
  std::string floor_time(const std::string& ms, const diagnose::Period& period) const;
  std::string next_time(const std::string& floor_ms, const diagnose::Period& period) const;

  bool events = true;                                               ///< rows are events still
  std::map<diagnose::FieldSlot, Kind> made;                         ///< columns c<slot>
  std::map<std::size_t, Kind> aggregates;                           ///< columns a<number>, while stats is said
  std::function<std::string(const diagnose::QueryPlan&)> subquery;  ///< a SELECT of the one column, as text

 private:
  Sql constant(const diagnose::Value& value) const;
  Sql call(const diagnose::Expression& expression) const;
  Sql text_call(const std::string& name, const diagnose::Expression& expression) const;
  Sql chosen(const diagnose::Expression& expression) const;
  Sql joined(const std::vector<Sql>& values, const std::function<std::string(const std::vector<std::string>&)>& make) const;
  std::string compared(const diagnose::Expression& expression) const;

  Dialect dialect_;
  const diagnose::QueryPlan& plan_;
  const EmitterInput& input_;
};

}  // namespace tocsin::opinions
