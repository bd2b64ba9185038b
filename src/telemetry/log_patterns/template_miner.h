// Finds the templates of lines of logs as they come, in bounded memory. Lines with the same shape (line_shape.h) are one template at once.
// Shapes that stand side by side (the same signs and variables between as many words) and differ in words that look put in, or in a place
// where many words have been seen, become one template with a variable there; a template never splits. The id of a template is made of the
// first line that had it, so that it is the same in another process and after a restart. Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/log_patterns/line_shape.h"

namespace tocsin::telemetry {

using TemplateId = std::uint64_t;
/// Names the shape of a line: `template_of` tells its template, also after it has become one with others.
using ShapeId = std::uint32_t;

struct TemplateText {
  /// Static text and variables in turn, as in the sample, beginning with text (which may be empty).
  std::vector<std::string> texts;
  std::vector<VariableKind> variables;
};

struct MinerOptions {
  std::size_t shapes_max = 20'000;     ///< beyond them new shapes join a template of their signs
  std::size_t words_max = 64;          ///< further words of a line are not looked at
  std::size_t sample_bytes_max = 512;  ///< kept of the first line
};

class TemplateMiner {
 public:
  explicit TemplateMiner(MinerOptions options = {});
  ~TemplateMiner();
  TemplateMiner(const TemplateMiner& other);
  TemplateMiner(TemplateMiner&&) noexcept;

  ShapeId add(std::string_view line, std::uint64_t count = 1);
  TemplateId template_of(ShapeId shape) const;
  std::uint64_t count_of(ShapeId shape) const;

  struct Template {
    TemplateId id = 0;
    ShapeId shape = 0;
    std::uint64_t count = 0;
    std::string sample;  ///< the first line, its first bytes
  };
  /// In the order of their first lines.
  std::vector<Template> templates() const;
  std::size_t shapes() const;
  /// What of the sample stays and what varies.
  TemplateText text_of(ShapeId shape) const;
  /// The variables of a line of that template, in its order.
  std::vector<std::string_view> variables_in(ShapeId shape, std::string_view line) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// The text with <*> for each variable; variables side by side are one.
std::string with_wildcards(const TemplateText& text);

}  // namespace tocsin::telemetry
