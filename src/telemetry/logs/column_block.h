// A block of rows as columns: places, streams and messages (templates and slots, columns/template_column.h). What is asked for is unpacked,
// nothing else: a field of JSON lines is read without their messages. Not for several threads.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logs/columns/template_column.h"
#include "telemetry/logs/log_fields.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

inline constexpr std::size_t block_rows_max = 65'535;

/// `rows` in the order of position, at most block_rows_max. They come back ordered by stream, then position.
std::string encode_columns(const std::vector<LogRowView>& rows);
/// Whether these are the bytes of columns, and not of the rows that earlier releases wrote.
bool is_column_block(std::string_view bytes);

class ColumnBlock final : public LogFields {
 public:
  /// Of any bytes: `internal` when they are not what encode_columns wrote. The rows bear `group`.
  static Result<std::shared_ptr<const ColumnBlock>> open(std::string bytes, LogGroupId group);

  std::size_t size() const { return rows_.size(); }
  /// Without its message; `fields` and `index` lead to it.
  const LogRowView& row(std::size_t at) const { return rows_[at]; }
  void append_message(std::string& out, std::size_t at) const { messages_->append_to(out, at); }
  /// Adds 1 to each of `found` whose message has `part` in it.
  void mark_containing(std::string_view part, std::vector<std::uint8_t>& found) const { messages_->mark_containing(part, found); }
  /// How many bytes the messages have together.
  std::uint64_t message_bytes() const { return message_bytes_; }

  std::string_view message(std::uint32_t index) const override;
  const LogFieldColumn& field(std::string_view path) const override;

 private:
  ColumnBlock() = default;
  bool read(ByteReader& in, LogGroupId group);
  bool read_runs(ByteReader& in, LogGroupId group);
  void find_field(std::string_view path, LogFieldColumn& field) const;

  std::string bytes_;
  BlockBytesReader reader_;
  std::vector<LogRowView> rows_;
  std::uint64_t message_bytes_ = 0;
  std::unique_ptr<TemplateColumn> messages_;
  mutable std::map<std::string, LogFieldColumn, std::less<>> fields_;
  mutable std::vector<std::unique_ptr<std::string>> shown_;  ///< the messages that were asked for
};

}  // namespace tocsin::telemetry
