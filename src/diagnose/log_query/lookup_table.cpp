#include "diagnose/log_query/lookup_table.h"

#include <algorithm>

#include "base/encoding.h"

namespace tocsin::diagnose {

std::vector<std::string> read_csv_line(std::string_view text, std::size_t& at) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  while (at < text.size()) {
    const char c = text[at++];
    if (quoted) {
      if (c != '"')
        fields.back() += c;
      else if (at < text.size() && text[at] == '"')
        fields.back() += text[at++];
      else
        quoted = false;
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r' || (at < text.size() && text[at] != '\n')) {
      fields.back() += c;
    }
  }
  return fields;
}

Result<LookupTable> LookupTable::parse(std::string_view csv) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (csv.starts_with(byte_order_mark)) csv.remove_prefix(byte_order_mark.size());
  if (!is_utf8(csv)) return fail(ErrorKind::invalid, "The table body must be UTF-8.");
  LookupTable table;
  std::size_t at = 0;
  table.columns_ = read_csv_line(csv, at);
  for (std::size_t i = 0; i < table.columns_.size(); ++i) {
    if (table.columns_[i].empty()) return fail(ErrorKind::invalid, "The first row of the table body must name every column.");
    if (std::find(table.columns_.begin(), table.columns_.begin() + static_cast<std::ptrdiff_t>(i), table.columns_[i]) !=
        table.columns_.begin() + static_cast<std::ptrdiff_t>(i))
      return fail(ErrorKind::invalid, "The column " + table.columns_[i] + " is named twice.");
  }
  while (at < csv.size()) {
    auto row = read_csv_line(csv, at);
    if (row.size() == 1 && row[0].empty()) continue;
    if (row.size() != table.columns_.size())
      return fail(ErrorKind::invalid, "Row " + std::to_string(table.rows_.size() + 1) + " has " + std::to_string(row.size()) +
                                          " fields, the header has " + std::to_string(table.columns_.size()) + ".");
    table.rows_.push_back(std::move(row));
  }
  return table;
}

std::optional<std::size_t> LookupTable::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

const std::vector<std::string>* LookupTable::find(const std::vector<std::size_t>& columns, const std::vector<std::string>& texts) const {
  auto [index, fresh] = indexes_.try_emplace(columns);
  if (fresh)
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      std::vector<std::string> key;
      for (const std::size_t column : columns) key.push_back(rows_[row][column]);
      index->second.emplace(std::move(key), row);
    }
  const auto found = index->second.find(texts);
  return found == index->second.end() ? nullptr : &rows_[found->second];
}

const std::vector<std::string>* LookupTable::find_range(std::size_t column, const IpAddress& address) const {
  const std::vector<std::string>* best = nullptr;
  int bits = -1;
  for (const auto& row : rows_) {
    const auto range = parse_ip_range(row[column]);
    if (!range || range->bits <= bits || !range->contains(address)) continue;
    best = &row;
    bits = range->bits;
  }
  return best;
}

}  // namespace tocsin::diagnose
