#include "telemetry/logs/column_block.h"

#include <algorithm>
#include <charconv>

namespace tocsin::telemetry {
namespace {

constexpr char first_byte = 'C';

std::int64_t moved(std::int64_t value, std::int64_t by) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + static_cast<std::uint64_t>(by));
}

/// Rows side by side with one stream and one time of ingestion, whose sequences rise by one.
std::vector<std::size_t> run_ends(const std::vector<LogRowView>& rows) {
  std::vector<std::size_t> ends;
  for (std::size_t at = 1; at <= rows.size(); ++at)
    if (at == rows.size() || rows[at].stream != rows[at - 1].stream || rows[at].ingested_ms != rows[at - 1].ingested_ms ||
        rows[at].position.sequence != rows[at - 1].position.sequence + 1)
      ends.push_back(at);
  return ends;
}

std::string packed_runs(const std::vector<LogRowView>& rows) {
  std::string bytes;
  ByteWriter out(bytes);
  std::size_t begin = 0;
  std::uint64_t sequence = 0;
  std::int64_t ingested_ms = 0, stream = 0;
  for (const std::size_t end : run_ends(rows)) {
    const LogRowView& first = rows[begin];
    out.varint(end - begin);
    out.zigzag(static_cast<std::int64_t>(first.position.sequence - sequence));
    out.zigzag(moved(first.ingested_ms, -ingested_ms));
    out.zigzag(std::int64_t{first.stream} - stream);
    sequence = rows[end - 1].position.sequence;
    ingested_ms = first.ingested_ms;
    stream = first.stream;
    begin = end;
  }
  return bytes;
}

std::string packed_times(const std::vector<LogRowView>& rows) {
  std::string bytes;
  ByteWriter out(bytes);
  std::int64_t before_ms = 0;
  for (const LogRowView& row : rows) {
    out.zigzag(moved(row.position.time_ms, -before_ms));
    before_ms = row.position.time_ms;
  }
  return bytes;
}

bool before(const LogRowView& a, const LogRowView& b) { return a.stream != b.stream ? a.stream < b.stream : a.position < b.position; }

double power_of_ten(std::size_t exponent) {
  double power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

LogFieldValue literal_value(std::string_view text) {
  if (text == "true" || text == "false") return {LogFieldValue::Kind::text, 0, text};
  if (text == "null") return {LogFieldValue::Kind::absent, 0, {}};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return {LogFieldValue::Kind::number, number, {}};
}

/// How the values of a column are values of a field.
LogFieldValue value_in(const TextColumn& texts, SlotKind kind, std::uint32_t at, std::string& scratch) {
  if (kind == SlotKind::string) return {LogFieldValue::Kind::text, 0, texts.text(at, scratch)};
  if (kind != SlotKind::literal) return {};
  if (!texts.is_plain_number()) return literal_value(texts.text(at, scratch));
  return {LogFieldValue::Kind::number, static_cast<double>(texts.number(at)) / power_of_ten(texts.decimals()), {}};
}

/// What a template says of a field: the slot that holds it, or that it is absent or unknown.
struct FieldPlace {
  LogFieldValue::Kind otherwise = LogFieldValue::Kind::unknown;
  const TemplateColumn::Column* column = nullptr;
  SlotKind kind = SlotKind::text;
};

FieldPlace place_of(const TemplateColumn& messages, const TemplateColumn::Template& form, std::string_view path) {
  if (form.kind == LineKind::plain) return {LogFieldValue::Kind::absent, nullptr, SlotKind::text};
  if (form.kind != LineKind::json) return {};
  for (const TemplateColumn::Slot& slot : form.slots)
    if (const auto& column = messages.columns()[slot.column]; column.path == path)
      return {LogFieldValue::Kind::unknown, &column, slot.kind};
  return {LogFieldValue::Kind::absent, nullptr, SlotKind::text};
}

/// An element's number may be written in more than one way.
bool has_odd_index(std::string_view path) {
  for (std::size_t at = path.find(".0"); at != std::string_view::npos; at = path.find(".0", at + 1))
    if (at + 2 < path.size() && path[at + 2] != '.') return true;
  return false;
}

void add_codes(const TemplateColumn& messages, const std::vector<FieldPlace>& places, LogFieldColumn& field) {
  constexpr std::size_t codes_max = 1024;
  std::vector<std::size_t> first(places.size());
  std::map<const TemplateColumn::Column*, std::size_t> known;
  field.values = {{LogFieldValue::Kind::absent, 0, {}}, {}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const FieldPlace& place = places[i];
    if (!place.column) continue;
    const TextColumn& texts = *place.column->texts;
    if (texts.encoding() != TextEncoding::constant && texts.encoding() != TextEncoding::dictionary) {
      field.values.clear();
      return;
    }
    const auto [at, added] = known.try_emplace(place.column, field.values.size());
    first[i] = at->second;
    if (!added) continue;
    for (const std::string_view text : texts.dictionary())
      field.values.push_back(place.kind == SlotKind::string    ? LogFieldValue{LogFieldValue::Kind::text, 0, text}
                             : place.kind == SlotKind::literal ? literal_value(text)
                                                               : LogFieldValue{});
    if (field.values.size() > codes_max) {
      field.values.clear();
      return;
    }
  }
  field.codes.resize(messages.size());
  for (std::size_t at = 0; at < messages.size(); ++at) {
    const std::size_t form = messages.template_of(at);
    const FieldPlace& place = places[form];
    field.codes[at] = static_cast<std::uint16_t>(place.column ? first[form] + place.column->texts->code(messages.rank(*place.column, at))
                                                 : place.otherwise == LogFieldValue::Kind::absent ? 0
                                                                                                  : 1);
  }
}

}  // namespace

bool is_column_block(std::string_view bytes) { return bytes.starts_with(first_byte); }

std::string encode_columns(const std::vector<LogRowView>& given) {
  std::vector<LogRowView> rows = given;
  std::sort(rows.begin(), rows.end(), before);
  std::vector<std::string_view> messages;
  std::uint64_t bytes = 0;
  messages.reserve(rows.size());
  for (const LogRowView& row : rows) {
    messages.push_back(row.message);
    bytes += row.message.size();
  }
  BlockBytesWriter out;
  out.meta().varint(rows.size());
  out.meta().varint(bytes);
  out.blob(packed_times(rows));
  out.blob(packed_runs(rows));
  write_template_column(out, messages, SplitTexts::lines);
  return out.finish(first_byte);
}

Result<std::shared_ptr<const ColumnBlock>> ColumnBlock::open(std::string bytes, LogGroupId group) {
  const std::shared_ptr<ColumnBlock> block(new ColumnBlock);
  block->bytes_ = std::move(bytes);
  auto reader = BlockBytesReader::open(block->bytes_, first_byte);
  if (!reader) return std::unexpected(reader.error());
  block->reader_ = std::move(*reader);
  ByteReader in(block->reader_.meta());
  if (!block->read(in, group)) return fail(ErrorKind::internal, "The block is damaged.");
  return block;
}

bool ColumnBlock::read(ByteReader& in, LogGroupId group) {
  const std::uint64_t size = in.varint();
  message_bytes_ = in.varint();
  if (in.failed() || size > block_rows_max) return false;
  rows_.resize(size);
  std::string times;
  if (!unpack(reader_.blob(in), times)) return false;
  ByteReader from(times);
  std::int64_t time_ms = 0;
  for (LogRowView& row : rows_) row.position.time_ms = time_ms = moved(time_ms, from.zigzag());
  if (from.failed() || !from.at_end() || !read_runs(in, group)) return false;
  if (in.byte() != static_cast<std::uint8_t>(TextEncoding::templates)) return false;
  messages_ = TemplateColumn::read(reader_, in, size, 0);
  return messages_ && !in.failed() && in.at_end();
}

bool ColumnBlock::read_runs(ByteReader& in, LogGroupId group) {
  std::string runs;
  if (!unpack(reader_.blob(in), runs)) return false;
  ByteReader from(runs);
  std::size_t at = 0;
  std::uint64_t sequence = 0;
  std::int64_t ingested_ms = 0, stream = 0;
  while (at < rows_.size()) {
    const std::uint64_t count = from.varint();
    sequence += static_cast<std::uint64_t>(from.zigzag());
    ingested_ms = moved(ingested_ms, from.zigzag());
    stream = moved(stream, from.zigzag());
    if (from.failed() || count == 0 || count > rows_.size() - at) return false;
    for (const std::size_t end = at + count; at < end; ++at) {
      LogRowView& row = rows_[at];
      row.position.sequence = sequence++;
      row.ingested_ms = ingested_ms;
      row.stream = static_cast<LogStreamId>(stream);
      row.group = group;
      row.fields = this;
      row.index = static_cast<std::uint32_t>(at);
    }
    --sequence;
  }
  return from.at_end();
}

std::string_view ColumnBlock::message(std::uint32_t index) const {
  if (shown_.empty()) shown_.resize(rows_.size());
  if (!shown_[index]) {
    shown_[index] = std::make_unique<std::string>();
    append_message(*shown_[index], index);
  }
  return *shown_[index];
}

const LogFieldColumn& ColumnBlock::field(std::string_view path) const {
  const auto known = fields_.find(path);
  if (known != fields_.end()) return known->second;
  LogFieldColumn& field = fields_[std::string(path)];
  find_field(path, field);
  return field;
}

void ColumnBlock::find_field(std::string_view path, LogFieldColumn& field) const {
  std::vector<FieldPlace> places;
  const bool odd = has_odd_index(path);
  for (const auto& form : messages_->templates())
    places.push_back(odd && form.kind == LineKind::json ? FieldPlace{} : place_of(*messages_, form, path));
  add_codes(*messages_, places, field);
  field.at = [this, places = std::move(places)](std::uint32_t index, std::string& scratch) -> LogFieldValue {
    const FieldPlace& place = places[messages_->template_of(index)];
    if (!place.column) return {place.otherwise, 0, {}};
    return value_in(*place.column->texts, place.kind, messages_->rank(*place.column, index), scratch);
  };
}

}  // namespace tocsin::telemetry
