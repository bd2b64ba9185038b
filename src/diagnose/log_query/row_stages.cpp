// Stages that look at one row at a time.
#include <algorithm>
#include <boost/json.hpp>

#include "diagnose/log_query/coded_rows.h"
#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/stage.h"

namespace tocsin::diagnose {
namespace {

void set_columns(const std::vector<Column>& columns, Record& record, const StageContext& context) {
  for (const Column& column : columns)
    if (column.slot != column.expression.slot) record.set(column.slot, context.evaluate(column.expression, record));
}

class ColumnsStage final : public StageOf<ColumnsStage> {
 public:
  explicit ColumnsStage(const std::vector<Column>& columns) : columns_(columns) {}
  bool push(Record& record) override {
    set_columns(columns_, record, *context);
    return next->push(record);
  }

 private:
  const std::vector<Column>& columns_;
};

class FilterStage final : public StageOf<FilterStage> {
 public:
  explicit FilterStage(const FilterCommand& command) : command_(command) {}
  bool push(Record& record) override { return !passes(record) || next->push(record); }

 private:
  enum class Verdict : std::uint8_t { unknown, no, yes };
  /// What was found of each combination of the fields' values in a block.
  struct Known {
    Known() = default;
    Known(const Known&) {}
    std::optional<CodedRows> rows;
    std::vector<Verdict> verdicts;
  };

  bool passes(Record& record) {
    if (!known_.rows) known_.rows.emplace(fields_of_condition(command_.condition).value_or(std::vector<FieldSlot>{}));
    std::optional<std::size_t> fresh;
    const auto at = known_.rows->combination(record, context->around.sources, fresh);
    if (fresh) known_.verdicts.assign(*fresh, Verdict::unknown);
    if (!at) return holds(command_.condition, record, context->around);
    Verdict& verdict = known_.verdicts[*at];
    if (verdict == Verdict::unknown) verdict = holds(command_.condition, record, context->around) ? Verdict::yes : Verdict::no;
    return verdict == Verdict::yes;
  }

  const FilterCommand& command_;
  Known known_;
};

/// key=value pairs, values in quotes or not; a key alone is true.
Object parse_logfmt(std::string_view text) {
  Object map;
  std::size_t at = 0;
  const auto blank = [&] { return text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'; };
  while (at < text.size() && map.size() < discovered_fields_max) {
    while (at < text.size() && blank()) ++at;
    const std::size_t begin = at;
    while (at < text.size() && text[at] != '=' && !blank()) ++at;
    const std::string_view key = text.substr(begin, at - begin);
    if (key.empty()) {
      ++at;
      continue;
    }
    if (at == text.size() || text[at] != '=') {
      map[key] = "true";
      continue;
    }
    std::string value;
    if (++at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
      }
      ++at;
    } else {
      while (at < text.size() && !blank()) value += text[at++];
    }
    map[key] = value;
  }
  return map;
}

/// How much one row may become: beyond it the copies alone would take too long.
class RowsOfOne {
 public:
  explicit RowsOfOne(const Record& record) : row_bytes_(record.made_bytes()) {}
  bool one_more(const StageContext& context) {
    bytes_ += row_bytes_;
    if (bytes_ > bytes_max) context.budget->fail("A row becomes too many rows, or too large ones.");
    return bytes_ <= bytes_max;
  }

 private:
  static constexpr std::size_t bytes_max = std::size_t{1} << 30;
  std::size_t row_bytes_, bytes_ = 0;
};

class ParseStage final : public StageOf<ParseStage> {
 public:
  explicit ParseStage(const ParseCommand& command) : command_(command) {}

  bool push(Record& record) override {
    const Value source = context->evaluate(command_.source, record);
    if (is_null(source) || is_structure(source)) return next->push(record);
    const std::string text = text_of(source);
    if (command_.mode == ParseCommand::Mode::logfmt) {
      Object map = parse_logfmt(text);
      if (!map.empty()) record.set(command_.slots[0], std::make_shared<const Document>(std::move(map)));
      return next->push(record);
    }
    if (command_.mode == ParseCommand::Mode::csv) {
      std::size_t at = 0;
      const auto fields = read_csv_line(text, at);
      for (std::size_t i = 0; i < std::min(fields.size(), command_.slots.size()); ++i) record.set(command_.slots[i], fields[i]);
      return next->push(record);
    }
    return command_.multi ? push_matches(record, text) : push_match(record, text);
  }

 private:
  bool match(const std::string& text, std::size_t from, std::vector<re2::StringPiece>& found) const {
    return command_.regex->Match(text, from, text.size(), re2::RE2::UNANCHORED, found.data(), static_cast<int>(found.size()));
  }

  void set_groups(Record& record, const std::vector<re2::StringPiece>& found) const {
    for (std::size_t i = 0; i < command_.slots.size(); ++i)
      if (command_.slots[i] != no_slot && found[i + 1].data())
        record.set(command_.slots[i], std::string(found[i + 1].data(), found[i + 1].size()));
  }

  bool push_match(Record& record, const std::string& text) {
    std::vector<re2::StringPiece> found(command_.slots.size() + 1);
    if (match(text, 0, found)) set_groups(record, found);
    return next->push(record);
  }

  bool push_matches(Record& record, const std::string& text) {
    std::vector<re2::StringPiece> found(command_.slots.size() + 1);
    if (!match(text, 0, found)) return next->push(record);
    bool more = true;
    std::size_t at = 0;
    record.forget_found();
    RowsOfOne rows(record);
    while (more && at <= text.size() && match(text, at, found)) {
      if (!rows.one_more(*context)) return false;
      const auto begin = static_cast<std::size_t>(found[0].data() - text.data());
      at = begin + std::max<std::size_t>(found[0].size(), 1);
      Record each = record;
      set_groups(each, found);
      more = next->push(each);
    }
    return more;
  }

  const ParseCommand& command_;
};

/// The list that a value is or, as a text, holds; else nothing.
Structure list_in(const Value& value) {
  if (const auto* structure = std::get_if<Structure>(&value)) return (*structure)->is_array() ? *structure : nullptr;
  const auto* text = std::get_if<std::string>(&value);
  if (!text || !text->starts_with('[')) return nullptr;
  auto document = parse_json(*text);
  return document && document->is_array() ? std::make_shared<const Document>(std::move(*document)) : nullptr;
}

class JsonStage final : public StageOf<JsonStage> {
 public:
  explicit JsonStage(const JsonCommand& command) : command_(command) {}
  bool push(Record& record) override {
    Value source = context->evaluate(command_.source, record);
    if (is_null(source)) source = record.structure(command_.source.slot, context->around.sources);
    if (const auto* structure = std::get_if<Structure>(&source)) {
      record.set(command_.slot, at_path(**structure, command_.path));
    } else if (!is_null(source)) {
      const auto document = parse_json(text_of(source));
      if (document) record.set(command_.slot, at_path(*document, command_.path));
    }
    return next->push(record);
  }

 private:
  const JsonCommand& command_;
};

/// One row for each element of a list; what is no list is a list of one.
class UnnestStage final : public StageOf<UnnestStage> {
 public:
  UnnestStage(const Expression& source, FieldSlot into, bool texts) : source_(source), into_(into), texts_(texts) {}
  bool push(Record& record) override {
    Value value = context->evaluate(source_, record);
    if (is_null(value)) value = record.structure(source_.slot, context->around.sources);
    Structure list;
    if (texts_)
      list = list_in(value);
    else if (const auto* structure = std::get_if<Structure>(&value); structure && (*structure)->is_array())
      list = *structure;
    if (!list) {
      record.set(into_, std::move(value));
      return next->push(record);
    }
    bool more = true;
    record.forget_found();
    RowsOfOne rows(record);
    for (const Document& element : list->get_array()) {
      if (!rows.one_more(*context)) return false;
      Record each = record;
      each.set(into_, value_of(element));
      if (more = next->push(each); !more) break;
    }
    return more;
  }

 private:
  const Expression source_;
  FieldSlot into_;
  bool texts_;
};

class LookupStage final : public StageOf<LookupStage> {
 public:
  explicit LookupStage(const LookupCommand& command) : command_(command) {}
  bool push(Record& record) override {
    const auto found = context->lookups->find(command_.table);
    if (found == context->lookups->end()) {
      context->budget->fail("The lookup table " + command_.table + " does not exist.");
      return false;
    }
    const LookupTable& table = *found->second;
    const auto* row = command_.cidr ? by_range(table, record) : by_texts(table, record);
    for (const auto& [column, slot] : command_.outputs) {
      const auto at = table.column(column);
      if (!command_.overwrite && !text_of(context->field(record, slot)).empty()) continue;
      if (row && at)
        record.set(slot, (*row)[*at]);
      else if (command_.overwrite)
        record.set(slot, Value());
    }
    return next->push(record);
  }

 private:
  const std::vector<std::string>* by_texts(const LookupTable& table, Record& record) const {
    std::vector<std::size_t> columns;
    std::vector<std::string> texts;
    for (const auto& [column, field] : command_.keys) {
      const Value value = context->evaluate(field, record);
      const auto at = table.column(column);
      if (is_null(value) || !at) return nullptr;
      columns.push_back(*at);
      texts.push_back(text_of(value));
    }
    return table.find(columns, texts);
  }

  const std::vector<std::string>* by_range(const LookupTable& table, Record& record) const {
    const auto& [column, field] = command_.keys[0];
    const auto address = parse_ip(text_of(context->evaluate(field, record)));
    // without a name: the column called cidr, or as the field is, or the first
    auto at = column.empty() ? table.column("cidr") : table.column(column);
    if (!at && column.empty()) at = table.column(field.name);
    if (!at && column.empty()) at = 0;
    return address && at ? table.find_range(*at, *address) : nullptr;
  }

  const LookupCommand& command_;
};

std::string join_key(const std::vector<Value>& values) {
  std::string key;
  for (const Value& value : values) (key += key_text_of(value)) += '\x1f';
  return key;
}

class JoinStage final : public StageOf<JoinStage> {
 public:
  explicit JoinStage(const JoinCommand& command) : command_(command) {}
  bool push(Record& record) override {
    if (!rows_) index();
    std::vector<Value> keys;
    for (const auto& [field, slot] : command_.keys) keys.push_back(context->evaluate(field, record));
    for (const auto& [plain, named] : command_.left_copies) record.set(named, context->field(record, plain));
    const bool complete = std::none_of(keys.begin(), keys.end(), [](const Value& key) { return is_null(key) || is_structure(key); });
    const auto found = complete ? by_key_.find(join_key(keys)) : by_key_.end();
    if (found == by_key_.end()) {
      if (!command_.keep_left) return true;
      for (const auto& [theirs, ours] : command_.right_copies) record.set(ours, Value());
      return next->push(record);
    }
    bool more = true;
    for (const std::size_t row : found->second) {
      Record each = record;
      for (std::size_t i = 0; i < command_.right_copies.size(); ++i)
        each.set(command_.right_copies[i].second, (*rows_)[row][command_.keys.size() + i]);
      if (more = next->push(each); !more) break;
    }
    return more;
  }

 private:
  void index() {
    static const InnerRows none;
    const auto found = context->inner->find(&command_);
    if (found == context->inner->end()) context->budget->fail("join cannot be compared with another range.");
    rows_ = found == context->inner->end() ? &none : &found->second;
    for (std::size_t row = 0; row < rows_->size(); ++row) {
      const auto& values = (*rows_)[row];
      const std::vector<Value> keys(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(command_.keys.size()));
      if (std::none_of(keys.begin(), keys.end(), [](const Value& key) { return is_null(key) || is_structure(key); }))
        by_key_[join_key(keys)].push_back(row);
    }
    constexpr std::size_t keys_max = 50'000;
    if (by_key_.size() > keys_max) context->budget->fail("The right side of a join has more than 50,000 different keys.");
  }

  const JoinCommand& command_;
  const InnerRows* rows_ = nullptr;
  std::unordered_map<std::string, std::vector<std::size_t>> by_key_;
};

class LimitStage final : public StageOf<LimitStage> {
 public:
  explicit LimitStage(const LimitCommand& command) : command_(command) {}
  bool push(Record& record) override {
    if (given_ < command_.rows) {
      ++given_;
      if (!next->push(record)) return false;
    }
    // a plain limit looks at everything, so that the figures are those of the whole
    return !command_.any || given_ < command_.rows;
  }

 private:
  const LimitCommand& command_;
  std::size_t given_ = 0;
};

/// The first of the rows with the same values; rows without a value all stay.
class DedupStage final : public StageOf<DedupStage> {
 public:
  explicit DedupStage(const DedupCommand& command) : command_(command) {}
  bool push(Record& record) override {
    auto key = key_of(record, command_.slots, *context);
    if (!key) return command_.leave_out_missing || next->push(record);
    const std::size_t bytes = key->size() + 64;
    auto [at, added] = seen_.try_emplace(std::move(*key), 0);
    if (++at->second > command_.keep) return true;
    if (!added) return next->push(record);
    return context->budget->take(bytes) && next->push(record);
  }

 private:
  const DedupCommand& command_;
  std::unordered_map<std::string, std::size_t> seen_;
};

}  // namespace

std::optional<std::string> key_of(Record& record, const std::vector<FieldSlot>& slots, const StageContext& context) {
  std::string key;
  for (const FieldSlot slot : slots) {
    const Value& value = context.field(record, slot);
    if (is_null(value)) return std::nullopt;
    (key += key_text_of(value)) += '\x1f';
  }
  return key;
}

std::unique_ptr<Stage> make_row_stage(const Command& command) {
  if (const auto* fields = std::get_if<FieldsCommand>(&command)) return std::make_unique<ColumnsStage>(fields->columns);
  if (const auto* display = std::get_if<DisplayCommand>(&command)) return std::make_unique<ColumnsStage>(display->columns);
  if (const auto* filter = std::get_if<FilterCommand>(&command)) return std::make_unique<FilterStage>(*filter);
  if (const auto* parse = std::get_if<ParseCommand>(&command)) return std::make_unique<ParseStage>(*parse);
  if (const auto* json = std::get_if<JsonCommand>(&command)) return std::make_unique<JsonStage>(*json);
  if (const auto* unnest = std::get_if<UnnestCommand>(&command)) return std::make_unique<UnnestStage>(unnest->source, unnest->into, false);
  if (const auto* expand = std::get_if<ExpandCommand>(&command)) {
    Expression field{.kind = Expression::Kind::field, .constant = {}, .name = {}, .slot = expand->slot};
    return std::make_unique<UnnestStage>(field, expand->slot, true);
  }
  if (const auto* lookup = std::get_if<LookupCommand>(&command)) return std::make_unique<LookupStage>(*lookup);
  if (const auto* join = std::get_if<JoinCommand>(&command)) return std::make_unique<JoinStage>(*join);
  if (const auto* limit = std::get_if<LimitCommand>(&command)) return std::make_unique<LimitStage>(*limit);
  if (const auto* dedup = std::get_if<DedupCommand>(&command)) return std::make_unique<DedupStage>(*dedup);
  return nullptr;
}

}  // namespace tocsin::diagnose
