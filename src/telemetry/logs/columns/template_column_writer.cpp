// Finds the templates of a column's texts and writes them with a column for each slot.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "telemetry/logs/columns/template_column.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t rows_min = 4;
// with so few of them rare ones stay: they tell the fields of their lines
constexpr std::size_t rare_forms_max = 64;
constexpr std::size_t key_bytes_max = 1024;
constexpr std::size_t templates_max = 4096;
// what a reader makes room for when it opens a block
constexpr std::size_t columns_max = 8192;
// a line behind this is not split: it would cost more than it spares
constexpr std::size_t split_bytes_max = 64u << 10;

/// What stands for a slot in a key, behind it the slot's kind.
constexpr char slot_mark = '\0';

struct Row {
  std::uint32_t form = 0;  ///< its template, while forms are found
  std::uint32_t first_slot = 0;
};

struct Form {
  std::string key;
  LineKind kind = LineKind::unknown;
  std::size_t slots = 0;
  std::size_t rows = 0;
  std::vector<std::string> paths;  ///< of a JSON object whose fields are its slots
  std::uint32_t number = 0;        ///< among those that are written
};

struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

class Forms {
 public:
  Forms(const std::vector<std::string_view>& texts, SplitTexts split) : texts_(texts), split_(split) {
    forms_.push_back({.key = std::string(1, slot_mark) + '\0', .kind = LineKind::unknown, .slots = 1, .rows = 0, .paths = {}, .number = 0});
    // what has no template and no fields is known to have none
    forms_.push_back({.key = std::string(1, slot_mark) + '\0', .kind = LineKind::plain, .slots = 1, .rows = 0, .paths = {}, .number = 0});
    rows_.reserve(texts.size());
    slots_.reserve(texts.size() * 6);
    for (std::uint32_t at = 0; at < texts.size(); ++at) read(at);
    drop_rare();
  }

  std::size_t raw_rows() const { return forms_[0].rows + forms_[1].rows; }
  const std::vector<Form>& forms() const { return forms_; }
  const std::vector<Row>& rows() const { return rows_; }

  std::string_view slot(std::size_t row, std::size_t at) const {
    const Form& form = forms_[rows_[row].form];
    if (&form == &forms_[0] || &form == &forms_[1]) return texts_[row];
    const LineSlot& slot = slots_[rows_[row].first_slot + at];
    return texts_[row].substr(slot.begin, slot.size);
  }

 private:
  LineKind kind_of(std::string_view text) const {
    return split_ == SplitTexts::text || may_have_fields(text) ? LineKind::unknown : LineKind::plain;
  }

  void read(std::uint32_t at) {
    const std::string_view text = texts_[at];
    const auto first = static_cast<std::uint32_t>(slots_.size());
    const bool json = split_ == SplitTexts::lines && split_json(text, slots_);
    const LineKind kind = json ? LineKind::json : kind_of(text);
    if (!json) slots_.resize(first);
    std::uint32_t form = kind == LineKind::plain ? 1 : 0;
    if (text.size() <= split_bytes_max && text.find(slot_mark) == std::string_view::npos) {
      if (!json) split_text(text, slots_);
      if (slots_.size() - first <= line_slots_max && make_key(text, first, kind)) form = form_of(text, kind, slots_.size() - first, form);
    }
    if (form <= 1) slots_.resize(first);
    ++forms_[form].rows;
    rows_.push_back({form, first});
  }

  bool make_key(std::string_view text, std::uint32_t first, LineKind kind) {
    key_.assign(1, static_cast<char>(kind));
    std::size_t at = 0;
    for (auto slot = slots_.begin() + first; slot != slots_.end(); ++slot) {
      key_.append(text, at, slot->begin - at);
      key_ += slot_mark;
      key_ += static_cast<char>(slot->kind);
      at = slot->begin + slot->size;
    }
    key_.append(text, at);
    return key_.size() <= key_bytes_max;
  }

  std::uint32_t form_of(std::string_view text, LineKind kind, std::size_t slots, std::uint32_t without) {
    const auto found = by_key_.find(std::string_view(key_));
    if (found != by_key_.end()) return found->second;
    if (forms_.size() >= templates_max) return without;
    Form form{.key = key_.substr(1), .kind = kind, .slots = slots, .rows = 0, .paths = {}, .number = 0};
    if (kind == LineKind::json) {
      auto paths = json_paths(text);
      if (paths && paths->size() == slots)
        form.paths = std::move(*paths);
      else
        form.kind = LineKind::unknown;
    }
    forms_.push_back(std::move(form));
    by_key_.emplace(key_, static_cast<std::uint32_t>(forms_.size() - 1));
    return static_cast<std::uint32_t>(forms_.size() - 1);
  }

  void drop_rare() {
    std::vector<std::uint32_t> becomes(forms_.size());
    std::uint32_t number = 0;
    const bool keep_rare = split_ == SplitTexts::lines && forms_.size() <= rare_forms_max;
    std::set<std::string_view> paths;
    std::size_t columns = 2;
    for (std::uint32_t i = 0; i < forms_.size(); ++i) {
      bool rare = i > 1 && forms_[i].rows < rows_min && !keep_rare;
      if (i > 1 && !rare) {
        const std::size_t before = paths.size();
        paths.insert(forms_[i].paths.begin(), forms_[i].paths.end());
        columns += forms_[i].paths.empty() ? forms_[i].slots : paths.size() - before;
        rare = columns > columns_max;
      }
      becomes[i] = rare ? (forms_[i].kind == LineKind::plain ? 1 : 0) : i;
      if (rare) forms_[becomes[i]].rows += std::exchange(forms_[i].rows, 0);
    }
    for (Row& row : rows_) row.form = becomes[row.form];
    for (Form& form : forms_)
      if (form.rows > 0) form.number = number++;
  }

  const std::vector<std::string_view>& texts_;
  SplitTexts split_;
  std::vector<Form> forms_;
  std::vector<Row> rows_;
  std::vector<LineSlot> slots_;
  std::unordered_map<std::string, std::uint32_t, KeyHash, std::equal_to<>> by_key_;
  std::string key_;
};

struct WrittenColumn {
  std::string path;
  SplitTexts split = SplitTexts::no;
  std::vector<std::string_view> texts;
};

/// The columns of all forms: one for a path and kind of value in JSON, else one for each slot.
struct Columns {
  std::vector<WrittenColumn> all;
  std::vector<std::vector<std::uint32_t>> of_form;

  explicit Columns(const Forms& forms, SplitTexts split) {
    std::map<std::pair<std::string, SlotKind>, std::uint32_t> by_path;
    for (const Form& form : forms.forms()) {
      auto& columns = of_form.emplace_back();
      if (form.rows == 0) continue;
      const std::vector<SlotKind> kinds = kinds_of(form);
      for (std::size_t slot = 0; slot < form.slots; ++slot) {
        const auto next = static_cast<std::uint32_t>(all.size());
        const bool value = kinds[slot] == SlotKind::string || kinds[slot] == SlotKind::escaped;
        if (form.paths.empty()) {
          columns.push_back(next);
          all.push_back({{}, value && split == SplitTexts::lines ? SplitTexts::text : SplitTexts::no, {}});
          continue;
        }
        const auto [at, added] = by_path.try_emplace({form.paths[slot], kinds[slot]}, next);
        if (added) all.push_back({form.paths[slot], value ? SplitTexts::text : SplitTexts::no, {}});
        columns.push_back(at->second);
      }
    }
    for (std::size_t row = 0; row < forms.rows().size(); ++row) {
      const auto& columns = of_form[forms.rows()[row].form];
      for (std::size_t slot = 0; slot < columns.size(); ++slot) all[columns[slot]].texts.push_back(forms.slot(row, slot));
    }
  }

  static std::vector<SlotKind> kinds_of(const Form& form) {
    std::vector<SlotKind> kinds;
    for (std::size_t at = 0; at + 1 < form.key.size(); ++at)
      if (form.key[at] == slot_mark) kinds.push_back(static_cast<SlotKind>(form.key[++at]));
    return kinds;
  }
};

void write_form(ByteWriter& meta, const Form& form, const std::vector<std::uint32_t>& columns) {
  meta.byte(static_cast<std::uint8_t>(form.kind));
  meta.varint(form.slots);
  const std::vector<SlotKind> kinds = Columns::kinds_of(form);
  std::size_t begin = 0;
  for (std::size_t slot = 0; slot < form.slots; ++slot) {
    const std::size_t end = form.key.find(slot_mark, begin);
    meta.text(std::string_view(form.key).substr(begin, end - begin));
    meta.varint(columns[slot]);
    meta.byte(static_cast<std::uint8_t>(kinds[slot]));
    begin = end + 2;
  }
  meta.text(std::string_view(form.key).substr(begin));
}

std::string packed_ids(const Forms& forms, bool wide) {
  std::string ids;
  ids.reserve(forms.rows().size() * (wide ? 2 : 1));
  for (const Row& row : forms.rows()) {
    const std::uint32_t number = forms.forms()[row.form].number;
    ids += static_cast<char>(number);
    if (wide) ids += static_cast<char>(number >> 8);
  }
  return ids;
}

}  // namespace

bool write_template_column(BlockBytesWriter& out, const std::vector<std::string_view>& texts, SplitTexts split) {
  const Forms forms(texts, split);
  if (split != SplitTexts::lines && forms.raw_rows() * 2 > texts.size()) return false;
  const Columns columns(forms, split);
  ByteWriter meta = out.meta();
  meta.byte(static_cast<std::uint8_t>(TextEncoding::templates));
  const auto written =
      static_cast<std::size_t>(std::count_if(forms.forms().begin(), forms.forms().end(), [](const Form& form) { return form.rows > 0; }));
  meta.varint(written);
  for (std::size_t i = 0; i < forms.forms().size(); ++i)
    if (forms.forms()[i].rows > 0) write_form(meta, forms.forms()[i], columns.of_form[i]);
  if (written > 1) out.blob(packed_ids(forms, written > 256));
  meta.varint(columns.all.size());
  for (const WrittenColumn& column : columns.all) {
    meta.text(column.path);
    write_text_column(out, column.texts, column.split);
  }
  return true;
}

}  // namespace tocsin::telemetry
