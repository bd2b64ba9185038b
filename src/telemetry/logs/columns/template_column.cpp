#include "telemetry/logs/columns/template_column.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

/// Whether a text that has `part` may have it across an end of `piece`, which stands between two columns (null at the ends of the line).
bool may_overlap(std::string_view piece, std::string_view part, const TextColumn* before, const TextColumn* behind) {
  for (std::size_t shared = 1; shared < part.size() && shared <= piece.size(); ++shared) {
    // the part begins within the piece and goes on behind it, or begins ahead of it and ends within
    if (behind && piece.substr(piece.size() - shared) == part.substr(0, shared) && behind->may_begin_with(part[shared])) return true;
    if (before && piece.substr(0, shared) == part.substr(part.size() - shared) && before->may_end_with(part[part.size() - shared - 1]))
      return true;
  }
  // or the piece lies within it
  for (std::size_t at = part.find(piece, 1); at != std::string_view::npos && at + piece.size() < part.size(); at = part.find(piece, at + 1))
    if (before && behind && before->may_end_with(part[at - 1]) && behind->may_begin_with(part[at + piece.size()])) return true;
  return false;
}

}  // namespace

std::unique_ptr<TemplateColumn> TemplateColumn::read(BlockBytesReader& bytes, ByteReader& in, std::size_t size, int depth) {
  auto column = std::make_unique<TemplateColumn>();
  TemplateColumn& c = *column;
  c.size_ = size;
  if (!c.read_templates(in)) return nullptr;
  c.ids_.assign(size, 0);
  if (c.templates_.size() > 1) {
    std::string ids;
    const std::size_t width = c.templates_.size() > 256 ? 2 : 1;
    if (!unpack(bytes.blob(in), ids) || ids.size() != size * width) return nullptr;
    for (std::size_t at = 0; at < size; ++at) {
      const auto low = static_cast<unsigned char>(ids[at * width]);
      c.ids_[at] = static_cast<std::uint16_t>(width == 2 ? low | static_cast<unsigned char>(ids[at * 2 + 1]) << 8 : low);
    }
  }
  if (!c.number_rows()) return nullptr;
  const std::uint64_t columns = in.varint();
  // each takes three bytes at least
  if (in.failed() || columns > in.left()) return nullptr;
  std::vector<std::size_t> rows(columns), users(columns);
  for (std::size_t i = 0; i < c.templates_.size(); ++i)
    for (const Slot& slot : c.templates_[i].slots) {
      if (slot.column >= columns) return nullptr;
      rows[slot.column] += c.counts_[i];
      ++users[slot.column];
    }
  for (std::uint64_t i = 0; i < columns; ++i) {
    Column each;
    each.path = in.text();
    each.texts = TextColumn::read(bytes, in, rows[i], depth);
    each.shared = users[i] > 1;
    if (!each.texts) return nullptr;
    c.columns_.push_back(std::move(each));
  }
  return column;
}

bool TemplateColumn::read_templates(ByteReader& in) {
  const std::uint64_t count = in.varint();
  constexpr std::uint64_t templates_most = 1u << 16;
  if (in.failed() || count > templates_most || count > in.left() || (count == 0 && size_ > 0)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    Template each;
    const std::uint8_t kind = in.byte();
    const std::uint64_t slots = in.varint();
    if (kind > static_cast<std::uint8_t>(LineKind::unknown) || slots > line_slots_max) return false;
    each.kind = static_cast<LineKind>(kind);
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      each.pieces.push_back(in.text());
      const auto column = static_cast<std::uint32_t>(in.varint());
      const std::uint8_t slot_kind = in.byte();
      if (slot_kind > static_cast<std::uint8_t>(SlotKind::literal)) return false;
      each.slots.push_back({column, static_cast<SlotKind>(slot_kind)});
    }
    each.pieces.push_back(in.text());
    if (in.failed()) return false;
    templates_.push_back(std::move(each));
  }
  // a line has a column but once
  for (const Template& each : templates_)
    for (std::size_t a = 0; a < each.slots.size(); ++a)
      for (std::size_t b = a + 1; b < each.slots.size(); ++b)
        if (each.slots[a].column == each.slots[b].column) return false;
  return true;
}

bool TemplateColumn::number_rows() {
  counts_.assign(templates_.size(), 0);
  ranks_in_template_.resize(size_);
  for (std::size_t at = 0; at < size_; ++at) {
    if (ids_[at] >= templates_.size()) return false;
    ranks_in_template_[at] = counts_[ids_[at]]++;
  }
  return true;
}

std::uint32_t TemplateColumn::rank(const Column& column, std::size_t at) const {
  if (!column.shared) return ranks_in_template_[at];
  if (column.ranks.empty()) {
    const auto number = static_cast<std::uint32_t>(&column - columns_.data());
    std::vector<std::uint8_t> has(templates_.size());
    for (std::size_t i = 0; i < templates_.size(); ++i)
      has[i] = std::any_of(templates_[i].slots.begin(), templates_[i].slots.end(), [&](const Slot& slot) { return slot.column == number; });
    column.ranks.resize(size_);
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      column.ranks[i] = next;
      next += has[ids_[i]];
    }
  }
  return column.ranks[at];
}

void TemplateColumn::append_to(std::string& out, std::size_t at) const {
  const Template& form = templates_[ids_[at]];
  for (std::size_t slot = 0; slot < form.slots.size(); ++slot) {
    out += form.pieces[slot];
    const Column& column = columns_[form.slots[slot].column];
    column.texts->append_to(out, rank(column, at));
  }
  out += form.pieces.back();
}

void TemplateColumn::mark_containing(std::string_view part, std::vector<std::uint8_t>& found) const {
  found.resize(size_);
  enum class Verdict : std::uint8_t { none, by_slots, all, look };
  std::vector<Verdict> verdicts;
  std::vector<std::uint8_t> column_wanted(columns_.size());
  for (const Template& form : templates_) {
    Verdict verdict = form.slots.empty() ? Verdict::none : Verdict::by_slots;
    for (std::size_t i = 0; i < form.pieces.size(); ++i) {
      const std::string_view piece = form.pieces[i];
      if (piece.find(part) != std::string_view::npos) {
        verdict = Verdict::all;
        break;
      }
      // between two slots nothing may stand: a text may go from one into the other
      const bool between = i > 0 && i + 1 < form.pieces.size();
      if (form.slots.empty() || (piece.empty() && !between)) continue;
      const TextColumn* before = i > 0 ? columns_[form.slots[i - 1].column].texts.get() : nullptr;
      const TextColumn* behind = i + 1 < form.pieces.size() ? columns_[form.slots[i].column].texts.get() : nullptr;
      if (piece.empty() || may_overlap(piece, part, before, behind)) verdict = Verdict::look;
    }
    if (verdict == Verdict::by_slots)
      for (const Slot& slot : form.slots) column_wanted[slot.column] = 1;
    verdicts.push_back(verdict);
  }
  std::vector<std::vector<std::uint8_t>> in_column(columns_.size());
  std::vector<std::uint8_t> any(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (column_wanted[i]) {
      columns_[i].texts->mark_containing(part, in_column[i]);
      any[i] = std::any_of(in_column[i].begin(), in_column[i].end(), [](std::uint8_t each) { return each != 0; });
    }
  std::string scratch;
  for (std::size_t at = 0; at < size_; ++at) {
    if (found[at]) continue;
    const Template& form = templates_[ids_[at]];
    switch (verdicts[ids_[at]]) {
      case Verdict::none:
        break;
      case Verdict::all:
        found[at] = 1;
        break;
      case Verdict::by_slots:
        for (const Slot& slot : form.slots)
          if (any[slot.column]) found[at] |= in_column[slot.column][rank(columns_[slot.column], at)];
        break;
      case Verdict::look:
        scratch.clear();
        append_to(scratch, at);
        found[at] = scratch.find(part) != std::string::npos;
    }
  }
}

}  // namespace tocsin::telemetry
