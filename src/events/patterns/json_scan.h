// Reading JSON text in one pass without making a tree of it: what is not wanted is passed over, but still checked to be JSON.
// RFC 8259; UTF-8 only; at most 64 levels. Pure; the text must outlive what points into it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin::events {

/// Stands at a place of the text. Each step says whether the text was JSON so far; after a false the place means nothing.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : next_(text.data()), end_(text.data() + text.size()) {}

  static constexpr int depth_max = 64;

  void skip_blanks() {
    // most texts have none
    while (next_ < end_ && static_cast<unsigned char>(*next_) <= ' ' &&
           (*next_ == ' ' || *next_ == '\n' || *next_ == '\t' || *next_ == '\r'))
      ++next_;
  }
  bool at_end() const { return next_ >= end_; }
  /// The byte here, or 0 at the end.
  char peek() const { return next_ < end_ ? *next_ : '\0'; }
  /// Passes this byte if it is here.
  bool take(char wanted) {
    if (next_ >= end_ || *next_ != wanted) return false;
    ++next_;
    return true;
  }

  /// A string as it stands between its quotes; whether it has escapes.
  struct Raw {
    std::string_view bytes;
    bool escaped = false;
  };
  /// From the opening quote to after the closing one.
  bool string(Raw& out);
  /// A number as it was written.
  bool number(std::string_view& out);
  /// "true", "false" or "null".
  bool word(std::string_view wanted);
  /// One whole value that lies `depth` levels deep.
  bool skip_value(int depth);

  /// What a string with escapes says. Its bytes were checked by string().
  static std::string unescape(std::string_view raw);

 private:
  bool skip_scalar(char first);
  bool skip_key();
  static bool check_escapes(std::string_view raw);

  const char* next_;
  const char* end_;
};

}  // namespace tocsin::events
