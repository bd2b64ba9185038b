// A column of texts in the encoding that takes least: one text for all, numbers between a prefix and a suffix, hex digits, a dictionary of
// at most 256 texts, templates whose slots are columns again, or the texts as they are. Every text comes back byte for byte.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logs/columns/block_bytes.h"
#include "telemetry/logs/columns/line_split.h"

namespace tocsin::telemetry {

enum class TextEncoding : std::uint8_t { constant, raw, dictionary, number, hex, templates };

inline constexpr std::size_t dictionary_texts_max = 256;

/// `split` says whether templates are looked for: of whole lines, of parts of them, or not at all.
enum class SplitTexts : std::uint8_t { no, text, lines };
void write_text_column(BlockBytesWriter& out, const std::vector<std::string_view>& texts, SplitTexts split);

class TemplateColumn;

/// A column that is unpacked when it is first asked. Not for several threads. What is damaged in spite of its checksum reads as empty
/// texts.
class TextColumn {
 public:
  /// Nothing when it cannot be a column of `size` texts. The blobs' bytes must outlive it.
  static std::unique_ptr<TextColumn> read(BlockBytesReader& bytes, ByteReader& in, std::size_t size, int depth = 0);
  ~TextColumn();

  std::size_t size() const { return size_; }
  TextEncoding encoding() const { return encoding_; }
  void append_to(std::string& out, std::size_t at) const;
  /// The text; in `scratch` when it has to be put together.
  std::string_view text(std::size_t at, std::string& scratch) const;

  /// Of constant and dictionary: the texts that occur, and which each is.
  const std::vector<std::string_view>& dictionary() const { return dictionary_; }
  std::uint8_t code(std::size_t at) const;
  /// Of number without prefix, suffix and padding: the number is `number(at)` / 10^decimals.
  bool is_plain_number() const { return encoding_ == TextEncoding::number && prefix_.empty() && suffix_.empty() && width_min_ == 0; }
  std::size_t decimals() const { return decimals_; }
  std::int64_t number(std::size_t at) const;
  const TemplateColumn* templates() const { return templates_.get(); }

  /// False when no text begins (ends) with the byte; asked without unpacking.
  bool may_begin_with(char c) const;
  bool may_end_with(char c) const;
  /// Adds 1 to each of `found` whose text has `part` in it; the column's texts are looked at together. Parts may not be empty.
  void mark_containing(std::string_view part, std::vector<std::uint8_t>& found) const;

 private:
  friend struct TextColumnWriter;
  template <typename Test>
  bool may_have_at_end(char c, const Test& test) const;
  bool load() const;
  bool read_number(ByteReader& in);

  TextEncoding encoding_ = TextEncoding::constant;
  std::size_t size_ = 0;
  std::vector<std::string_view> dictionary_;
  std::string_view prefix_, suffix_;
  std::uint8_t decimals_ = 0, width_min_ = 0, width_ = 0;
  bool deltas_ = false;
  std::int64_t base_ = 0;
  std::size_t digits_ = 0;  ///< of hex
  PackedBlob sizes_blob_, blob_;
  std::unique_ptr<TemplateColumn> templates_;
  mutable bool loaded_ = false;
  mutable std::string raw_;
  mutable std::vector<std::uint32_t> ends_;
  mutable std::vector<std::int64_t> numbers_;
};

}  // namespace tocsin::telemetry
