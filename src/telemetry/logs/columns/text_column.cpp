#include "telemetry/logs/columns/text_column.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "telemetry/logs/columns/template_column.h"

namespace tocsin::telemetry {
namespace {

constexpr int depth_max = 3;

std::uint64_t from_planes(std::string_view bytes, std::size_t count, std::uint8_t width, std::size_t at) {
  std::uint64_t value = 0;
  for (std::uint8_t byte = 0; byte < width; ++byte)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[byte * count + at])) << (8 * byte);
  return value;
}

bool is_width(std::uint8_t width) { return width == 1 || width == 2 || width == 4 || width == 8; }

}  // namespace

TextColumn::~TextColumn() = default;

std::unique_ptr<TextColumn> TextColumn::read(BlockBytesReader& bytes, ByteReader& in, std::size_t size, int depth) {
  auto column = std::make_unique<TextColumn>();
  TextColumn& c = *column;
  c.size_ = size;
  const std::uint8_t encoding = in.byte();
  if (in.failed() || depth > depth_max || encoding > static_cast<std::uint8_t>(TextEncoding::templates)) return nullptr;
  c.encoding_ = static_cast<TextEncoding>(encoding);
  bool good = true;
  switch (c.encoding_) {
    case TextEncoding::constant:
      c.dictionary_.push_back(in.text());
      break;
    case TextEncoding::dictionary: {
      const std::uint64_t texts = in.varint();
      if (texts > dictionary_texts_max || texts == 0) return nullptr;
      for (std::uint64_t i = 0; i < texts; ++i) c.dictionary_.push_back(in.text());
      c.blob_ = bytes.blob(in);
      good = c.blob_.raw_size == size;
      break;
    }
    case TextEncoding::raw:
      c.width_ = in.byte();
      c.sizes_blob_ = bytes.blob(in);
      c.blob_ = bytes.blob(in);
      good = is_width(c.width_) && c.sizes_blob_.raw_size == size * c.width_;
      break;
    case TextEncoding::number:
      good = c.read_number(in);
      c.blob_ = bytes.blob(in);
      good = good && c.blob_.raw_size == size * c.width_;
      break;
    case TextEncoding::hex:
      c.digits_ = in.varint();
      c.blob_ = bytes.blob(in);
      good = c.digits_ > 0 && c.digits_ < 4096 && c.digits_ % 2 == 0 && c.blob_.raw_size == size * c.digits_ / 2;
      break;
    case TextEncoding::templates:
      c.templates_ = TemplateColumn::read(bytes, in, size, depth + 1);
      good = c.templates_ != nullptr;
      break;
  }
  if (!good || in.failed()) return nullptr;
  return column;
}

bool TextColumn::read_number(ByteReader& in) {
  prefix_ = in.text();
  suffix_ = in.text();
  decimals_ = in.byte();
  width_min_ = in.byte();
  width_ = in.byte();
  deltas_ = in.byte() != 0;
  base_ = in.zigzag();
  digits_ = static_cast<std::size_t>(in.zigzag());
  constexpr std::uint8_t decimals_most = 18;
  return is_width(width_) && decimals_ <= decimals_most;
}

bool TextColumn::load() const {
  if (loaded_) return true;
  loaded_ = true;
  const bool good = unpack(blob_, raw_);
  if (!good) raw_.assign(blob_.raw_size <= (64u << 20) ? blob_.raw_size : 0, '\0');
  if (encoding_ == TextEncoding::number) {
    numbers_.resize(size_);
    const auto step = static_cast<std::uint64_t>(digits_);
    auto value = static_cast<std::uint64_t>(base_);
    for (std::size_t at = 0; at < size_ && raw_.size() == size_ * width_; ++at) {
      const std::uint64_t offset = from_planes(raw_, size_, width_, at);
      if (deltas_)
        value = at == 0 ? value : value + offset + step;
      else
        value = static_cast<std::uint64_t>(base_) + offset;
      numbers_[at] = static_cast<std::int64_t>(value);
    }
  } else if (encoding_ == TextEncoding::raw) {
    std::string sizes;
    const bool known = unpack(sizes_blob_, sizes);
    ends_.assign(size_, 0);
    std::uint64_t end = 0;
    for (std::size_t at = 0; known && good && at < size_; ++at) {
      end += std::min<std::uint64_t>(from_planes(sizes, size_, width_, at), raw_.size() - end);
      ends_[at] = static_cast<std::uint32_t>(end);
    }
  }
  return good;
}

std::uint8_t TextColumn::code(std::size_t at) const {
  if (encoding_ != TextEncoding::dictionary) return 0;
  load();
  const std::size_t code = at < raw_.size() ? static_cast<unsigned char>(raw_[at]) : 0;
  return code < dictionary_.size() ? static_cast<std::uint8_t>(code) : std::uint8_t{0};
}

std::int64_t TextColumn::number(std::size_t at) const {
  load();
  return numbers_[at];
}

std::string_view TextColumn::text(std::size_t at, std::string& scratch) const {
  switch (encoding_) {
    case TextEncoding::constant:
      return dictionary_[0];
    case TextEncoding::dictionary:
      return dictionary_[code(at)];
    case TextEncoding::raw: {
      load();
      const std::uint32_t begin = at == 0 ? 0 : ends_[at - 1];
      return std::string_view(raw_).substr(begin, ends_[at] - std::min(begin, ends_[at]));
    }
    default:
      scratch.clear();
      append_to(scratch, at);
      return scratch;
  }
}

void TextColumn::append_to(std::string& out, std::size_t at) const {
  switch (encoding_) {
    case TextEncoding::templates:
      templates_->append_to(out, at);
      return;
    case TextEncoding::number: {
      load();
      out += prefix_;
      std::int64_t value = numbers_[at];
      if (value < 0) {
        out += '-';
        value = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(value));
      }
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<std::uint64_t>(value)).ptr;
      std::size_t count = static_cast<std::size_t>(end - digits);
      const std::size_t count_min = static_cast<std::size_t>(decimals_) + std::max<std::size_t>(width_min_, 1);
      if (count < count_min) out.append(decimals_ == 0 ? count_min - count : 0, '0');
      if (decimals_ > 0) {
        std::string padded(count < count_min ? count_min - count : 0, '0');
        padded.append(digits, count);
        out.append(padded, 0, padded.size() - decimals_);
        out += '.';
        out.append(padded, padded.size() - decimals_);
      } else {
        out.append(digits, count);
      }
      out += suffix_;
      return;
    }
    case TextEncoding::hex: {
      load();
      constexpr char letters[] = "0123456789abcdef";
      const std::size_t bytes = digits_ / 2;
      for (std::size_t i = at * bytes; i < (at + 1) * bytes && i < raw_.size(); ++i) {
        const auto byte = static_cast<unsigned char>(raw_[i]);
        out += letters[byte >> 4];
        out += letters[byte & 15];
      }
      return;
    }
    default: {
      std::string unused;
      out += text(at, unused);
    }
  }
}

bool TextColumn::may_begin_with(char c) const {
  if (encoding_ == TextEncoding::number) return prefix_.empty() ? (c >= '0' && c <= '9') || c == '-' : prefix_.front() == c;
  return may_have_at_end(c, [c](std::string_view text) { return text.front() == c; });
}

bool TextColumn::may_end_with(char c) const {
  if (encoding_ == TextEncoding::number) return suffix_.empty() ? c >= '0' && c <= '9' : suffix_.back() == c;
  return may_have_at_end(c, [c](std::string_view text) { return text.back() == c; });
}

/// Of an empty text what stands beside it counts.
template <typename Test>
bool TextColumn::may_have_at_end(char c, const Test& test) const {
  if (encoding_ == TextEncoding::hex) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  if (encoding_ != TextEncoding::constant && encoding_ != TextEncoding::dictionary) return true;
  return std::any_of(dictionary_.begin(), dictionary_.end(), [&](std::string_view text) { return text.empty() || test(text); });
}

void TextColumn::mark_containing(std::string_view part, std::vector<std::uint8_t>& found) const {
  found.resize(size_);
  switch (encoding_) {
    case TextEncoding::constant:
      if (dictionary_[0].find(part) != std::string_view::npos) std::fill(found.begin(), found.end(), 1);
      return;
    case TextEncoding::dictionary: {
      std::vector<std::uint8_t> has;
      for (const std::string_view text : dictionary_) has.push_back(text.find(part) != std::string_view::npos);
      if (std::none_of(has.begin(), has.end(), [](std::uint8_t each) { return each != 0; })) return;
      for (std::size_t at = 0; at < size_; ++at) found[at] |= has[code(at)];
      return;
    }
    case TextEncoding::raw: {
      load();
      const char* const begin = raw_.data();
      std::size_t from = 0;
      while (const void* hit = memmem(begin + from, raw_.size() - from, part.data(), part.size())) {
        const auto place = static_cast<std::size_t>(static_cast<const char*>(hit) - begin);
        const auto end = std::upper_bound(ends_.begin(), ends_.end(), place);
        if (end == ends_.end()) return;
        if (place + part.size() <= *end) {
          found[static_cast<std::size_t>(end - ends_.begin())] = 1;
          from = *end;
        } else {
          from = place + 1;
        }
      }
      return;
    }
    case TextEncoding::templates:
      templates_->mark_containing(part, found);
      return;
    case TextEncoding::hex:
      if (part.size() > digits_ || part.find_first_not_of("0123456789abcdef") != std::string_view::npos) return;
      break;
    case TextEncoding::number:
      if (prefix_.empty() && suffix_.empty() && part.find_first_not_of("0123456789-.") != std::string_view::npos) return;
      break;
  }
  std::string scratch;
  for (std::size_t at = 0; at < size_; ++at) found[at] |= text(at, scratch).find(part) != std::string_view::npos;
}

}  // namespace tocsin::telemetry
