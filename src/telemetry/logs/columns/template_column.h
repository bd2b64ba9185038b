// Texts as templates: what lines share stands once, what differs stands in a column for each slot. A JSON object's values stand in a column
// for each path, whatever the skeletons around them.
#pragma once

#include "telemetry/logs/columns/text_column.h"

namespace tocsin::telemetry {

/// False, and nothing is written, when templates would spare nothing: fewer than half of the texts have one. Lines are written always.
bool write_template_column(BlockBytesWriter& out, const std::vector<std::string_view>& texts, SplitTexts split);

class TemplateColumn {
 public:
  struct Slot {
    std::uint32_t column = 0;
    SlotKind kind = SlotKind::text;
  };
  struct Template {
    LineKind kind = LineKind::unknown;
    std::vector<std::string_view> pieces;  ///< one more than slots
    std::vector<Slot> slots;
  };
  struct Column {
    std::string_view path;  ///< of JSON
    std::unique_ptr<TextColumn> texts;
    bool shared = false;  ///< of more than one template: then its texts are numbered by `ranks`
    mutable std::vector<std::uint32_t> ranks;
  };

  static std::unique_ptr<TemplateColumn> read(BlockBytesReader& bytes, ByteReader& in, std::size_t size, int depth);

  std::size_t size() const { return size_; }
  const std::vector<Template>& templates() const { return templates_; }
  const std::vector<Column>& columns() const { return columns_; }
  std::size_t template_of(std::size_t at) const { return ids_[at]; }
  /// Which text of the column the row has; the row's template must have a slot for it.
  std::uint32_t rank(const Column& column, std::size_t at) const;
  void append_to(std::string& out, std::size_t at) const;
  void mark_containing(std::string_view part, std::vector<std::uint8_t>& found) const;

 private:
  bool read_templates(ByteReader& in);
  bool number_rows();

  std::size_t size_ = 0;
  std::vector<Template> templates_;
  std::vector<Column> columns_;
  std::vector<std::uint16_t> ids_;
  std::vector<std::uint32_t> ranks_in_template_;
  std::vector<std::uint32_t> counts_;  ///< rows of each template
};

}  // namespace tocsin::telemetry
