// A line of a log as its shape: which words stay and which vary by their looks alone (numbers, ids, addresses, paths, times, quoted texts,
// values behind "="). A header (time, level, thread, component, host) is left out when the line begins with a time, so that one message
// has one shape whoever wrote it. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

enum class VariableKind : std::uint8_t { time, number, address, id, path, text, word };

/// A part of the line that varies.
struct Variable {
  std::uint32_t begin = 0, end = 0;
  VariableKind kind = VariableKind::word;
};

struct ShapeWord {
  std::uint32_t begin = 0, end = 0;
  /// Values stand in such places: behind "=", ":" or a word such as "user"; or the word looks like a name that was put in.
  bool value_place = false;
  /// The word itself looks put in: CAPITALS_WITH_UNDERSCORES, a.dotted.Name, camelCase behind a preposition.
  bool value_look = false;
  bool behind_preposition = false;
  bool variable = false;  ///< stands for one or more variables side by side
};

class LineShape {
 public:
  /// Of the first line of `text`, at most 4 KiB of it. The text must outlive this object's use.
  void read(std::string_view text);

  std::string_view line() const { return line_; }
  std::string_view word(std::size_t i) const { return line_.substr(words_[i].begin, words_[i].end - words_[i].begin); }
  /// The words, and what varies by its looks, in their order, without those of the header.
  const std::vector<ShapeWord>& words() const { return words_; }
  /// What varies, in its order, headers too.
  const std::vector<Variable>& variables() const { return variables_; }
  /// Tells which signs stand between the words: lines of one message have the same.
  std::uint64_t skeleton() const { return skeleton_; }

  /// What the reading found, piece by piece.
  struct Piece {
    std::uint32_t begin, end;
    char sign;  ///< 0 for words and variables
    bool variable = false;
    bool header = false;
    bool dropped = false;
    VariableKind kind = VariableKind::word;
  };

 private:
  void split();
  bool joins(std::size_t at) const;
  bool read_quoted(std::size_t& at);
  bool read_braces(std::size_t& at);
  void mark_words();
  void mark_values();
  void mark_lists();
  void mark_header();
  void collect();

  std::string_view line_;
  bool json_ = false;
  std::vector<Piece> pieces_;
  std::vector<ShapeWord> words_;
  std::vector<Variable> variables_;
  std::uint64_t skeleton_ = 0;
};

}  // namespace tocsin::telemetry
