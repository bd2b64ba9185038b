// A table of reference data: CSV with a header. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Lookup.html
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "diagnose/log_query/ip_address.h"

namespace tocsin::diagnose {

/// The fields of one line of CSV (RFC 4180); `at` moves behind it. A quoted field may hold line breaks.
std::vector<std::string> read_csv_line(std::string_view text, std::size_t& at);

class LookupTable {
 public:
  /// `invalid` with what is wrong: no header, a row of another length, a name twice, no UTF-8.
  static Result<LookupTable> parse(std::string_view csv);

  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }
  std::optional<std::size_t> column(std::string_view name) const;
  /// The first row that has these texts in these columns, or nullptr.
  const std::vector<std::string>* find(const std::vector<std::size_t>& columns, const std::vector<std::string>& texts) const;
  /// The row whose range holds the address and is the narrowest, or nullptr.
  const std::vector<std::string>* find_range(std::size_t column, const IpAddress& address) const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
  mutable std::map<std::vector<std::size_t>, std::map<std::vector<std::string>, std::size_t>> indexes_;
};

}  // namespace tocsin::diagnose
