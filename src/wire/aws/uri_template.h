// A rest protocol's path template: "/schedules/{Name}?max", "/tags/{ResourceArn+}".
// https://smithy.io/2.0/spec/http-bindings.html#http-trait
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::wire {

using PathLabels = std::vector<std::pair<std::string, std::string>>;

class UriTemplate {
 public:
  UriTemplate() = default;
  explicit UriTemplate(std::string_view text);

  /// The labels' decoded values when the raw (percent-encoded) path fits and `query` has the template's constant parameters.
  std::optional<PathLabels> match(std::string_view path, std::string_view query) const;
  /// Orders templates: where two differ, a literal segment comes before a label, a label before a greedy one, longer before shorter.
  std::string rank() const;

 private:
  enum class Kind { literal, label, greedy };
  struct Segment {
    Kind kind;
    std::string text;
  };
  std::vector<Segment> segments_;
  std::vector<std::string> constants_;
};

/// The pieces of a path between slashes, without the first empty one and without one trailing empty one; raw.
std::vector<std::string_view> path_segments(std::string_view path);

/// The parameters of a query string or form body, decoded, in order. A parameter without '=' has the value "".
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace tocsin::wire
