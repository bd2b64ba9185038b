#include "storage/sql.h"

#include <boost/json.hpp>

namespace tocsin::storage {

std::int64_t Row::integer(std::size_t column) const {
  const SqlValue& value = values_[column];
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* number = std::get_if<double>(&value)) return static_cast<std::int64_t>(*number);
  return 0;
}

double Row::real(std::size_t column) const {
  const SqlValue& value = values_[column];
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  return 0;
}

const std::string& Row::text(std::size_t column) const {
  static const std::string empty;
  const auto* text = std::get_if<std::string>(&values_[column]);
  return text ? *text : empty;
}

Document Row::document(std::size_t column) const {
  auto parsed = parse_json(text(column), 200);
  return parsed ? std::move(*parsed) : Document{};
}

Parameter::Parameter(const Object& value) : value_(boost::json::serialize(value)) {}

std::optional<Row> Database::query_one(std::string_view sql, std::initializer_list<Parameter> parameters) {
  Rows rows = query(sql, parameters);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace tocsin::storage
