// The names of fields that a query uses, each with a number.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::diagnose {

using FieldSlot = std::int32_t;
inline constexpr FieldSlot no_slot = -1;

/// What a name stands for in an event, when the query itself did not set it.
enum class FieldOrigin {
  message,
  timestamp,
  ingestion_time,
  pointer,
  log_stream,
  log,
  account,
  region,
  data_tag,
  discovered,
  unmasked,
  nothing
};

class FieldNames {
 public:
  struct Name {
    std::string text;
    FieldOrigin origin = FieldOrigin::discovered;
    std::string path;  ///< what is looked for in the message
    /// Names that the query sets too and that this one begins with, and the rest behind the dot: `lf` of `lf.level`. The longest first.
    std::vector<std::pair<FieldSlot, std::string>> owners;
  };
  /// The number of the name, given when it is new.
  FieldSlot slot(std::string_view text);
  /// The number of what unmask(text) reads: the field as it is without masks.
  FieldSlot unmasked_slot(std::string_view text);
  bool has_unmasked() const;
  /// The number, or no_slot.
  FieldSlot find(std::string_view text) const;
  const Name& at(FieldSlot slot) const { return names_[static_cast<std::size_t>(slot)]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<Name> names_;
  std::map<std::string, FieldSlot, std::less<>> slots_;
};

}  // namespace tocsin::diagnose
