// The pattern's text to its alternatives, refusing what the service refuses, in its words.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "events/patterns/pattern.h"
#include "events/patterns/pattern_text.h"

namespace tocsin::events {
namespace {

using Kind = PatternNode::Kind;
using TestKind = ValueTest::Kind;

constexpr std::size_t alternatives_max = 1000;
constexpr std::int64_t exact_integer_max = 9007199254740992;  // 2^53
/// How many places of a wildcard one text may keep open at once.
constexpr int wildcard_complexity_max = 24;

constexpr std::string_view operator_names[] = {
    "exact",   "exists", "prefix",  "suffix", "equals-ignore-case", "anything-but", "anything-but-prefix", "anything-but-suffix",
    "numeric", "cidr",   "wildcard"};

bool is_operator(std::string_view name) { return std::ranges::find(operator_names, name) != std::end(operator_names); }

/// $or is an operator only of two or more objects none of which has a key that names one; else it is a field like others.
bool is_or(std::string_view key, const PatternNode& node) {
  if (key != "$or" || node.kind != Kind::array || node.elements.size() < 2) return false;
  return std::ranges::all_of(node.elements, [](const PatternNode& branch) {
    return branch.kind == Kind::object && !branch.members.empty() &&
           std::ranges::none_of(branch.members, [](const auto& member) { return is_operator(member.first); });
  });
}

ValueTest text_test(TestKind kind, std::string text) {
  ValueTest test;
  test.kind = kind;
  test.text = std::move(text);
  return test;
}

class Compiler {
 public:
  explicit Compiler(std::string_view text) : text_(text) {}

  Result<Pattern> compile() {
    Result<PatternNode> root = read_pattern_text(text_);
    if (!root) return std::unexpected(root.error());
    if (root->kind != Kind::object) return refuse("Filter is not an object", root->at);
    if (root->members.empty()) return refuse("Empty objects are not allowed", root->end);
    std::vector<Alternative> alternatives{{}};
    if (!add_object(*root, "", alternatives)) return refused();
    return Pattern(std::move(alternatives));
  }

 private:
  std::unexpected<Error> refuse(std::string_view reason, TextPosition at) const {
    return fail(ErrorKind::invalid, with_position(reason, text_, at), "InvalidPattern");
  }

  std::unexpected<Error> refused() const {
    if (!at_) return fail(ErrorKind::invalid, reason_, "InvalidPattern");
    // what is wrong within a list of anything-but is told where it stands twice
    return refuse(is_told_twice_ ? with_position(reason_, text_, *at_) : reason_, *at_);
  }

  bool bad_at(std::string reason, std::optional<TextPosition> at) {
    reason_ = std::move(reason);
    at_ = at;
    return false;
  }
  /// Seen with the token that begins the value; or when it was read whole.
  bool bad(std::string reason, const PatternNode& node) { return bad_at(std::move(reason), node.at); }
  bool bad_end(std::string reason, const PatternNode& node) { return bad_at(std::move(reason), node.end); }
  bool bad_in_list(std::string reason, const PatternNode& node) {
    is_told_twice_ = true;
    return bad(std::move(reason), node);
  }

  bool add_object(const PatternNode& object, const std::string& prefix, std::vector<Alternative>& alternatives) {
    for (const auto& [key, node] : object.members) {
      if (is_or(key, node)) {
        if (!add_branches(node, prefix, alternatives)) return false;
        continue;
      }
      const std::string path = prefix.empty() ? key : prefix + "." + key;
      if (node.kind == Kind::object) {
        if (node.members.empty()) return bad_end("Empty objects are not allowed", node);
        if (!add_object(node, path, alternatives)) return false;
      } else if (node.kind == Kind::array) {
        if (!add_field(node, path, alternatives)) return false;
      } else {
        return bad(fmt::format("\"{}\" must be an object or an array", key), node);
      }
    }
    return true;
  }

  bool add_field(const PatternNode& values, const std::string& path, std::vector<Alternative>& alternatives) {
    FieldTest field{path, {}};
    if (values.elements.empty()) return bad_end("Empty arrays are not allowed", values);
    for (const PatternNode& value : values.elements)
      if (!add_test(value, field.any_of)) return false;
    for (Alternative& fields : alternatives) {
      // of two spellings of one path the later wins
      std::erase_if(fields, [&](const FieldTest& earlier) { return earlier.path == path; });
      fields.push_back(field);
    }
    return true;
  }

  bool add_branches(const PatternNode& branches, const std::string& prefix, std::vector<Alternative>& alternatives) {
    std::vector<Alternative> combined;
    for (const PatternNode& branch : branches.elements) {
      std::vector<Alternative> extended = alternatives;
      if (!add_object(branch, prefix, extended)) return false;
      if (combined.size() + extended.size() > alternatives_max)
        return bad(fmt::format("Too many combinations of $or: at most {} are allowed", alternatives_max), branches);
      std::ranges::move(extended, std::back_inserter(combined));
    }
    alternatives = std::move(combined);
    return true;
  }

  bool add_test(const PatternNode& node, std::vector<ValueTest>& tests) {
    ValueTest test;
    const bool made = node.kind == Kind::object ? match_expression(node, test) : plain_value(node, test);
    if (made) tests.push_back(std::move(test));
    return made;
  }

  bool plain_value(const PatternNode& node, ValueTest& test) {
    switch (node.kind) {
      case Kind::null:
        test.kind = TestKind::null;
        return true;
      case Kind::truth:
        test.kind = TestKind::truth, test.truth = node.truth;
        return true;
      case Kind::text:
        test = text_test(TestKind::text, node.text);
        return true;
      case Kind::number:
        test.kind = TestKind::number;
        return number(node, test.number);
      default:
        return bad("Match value must be String, number, true, false, or null", node);
    }
  }

  static bool is_exact(const PatternNode& node) {
    const bool integer = node.text.find_first_of(".eE") == std::string::npos;
    std::int64_t exact = 0;
    const auto parsed = std::from_chars(node.text.data(), node.text.data() + node.text.size(), exact);
    if (!integer) return std::isfinite(node.number);
    return parsed.ec == std::errc() && exact <= exact_integer_max && exact >= -exact_integer_max;
  }

  bool number(const PatternNode& node, double& out) {
    if (!is_exact(node)) return bad(fmt::format("Value must be between {} and {}, inclusive", -exact_integer_max, exact_integer_max), node);
    out = node.number;
    return true;
  }

  bool match_expression(const PatternNode& node, ValueTest& test) {
    if (node.members.empty()) return bad_end("Match expression name not found", node);
    const auto& [name, operand] = node.members.front();
    if (node.members.size() > 1) return bad("Only one key allowed in match expression", node.members[1].second);
    if (name == "prefix") return affix(operand, "prefix", TestKind::prefix, TestKind::prefix_any_case, test);
    if (name == "suffix") return affix(operand, "suffix", TestKind::suffix, TestKind::suffix_any_case, test);
    if (name == "equals-ignore-case") return any_case(operand, "equals-ignore-case", TestKind::text_any_case, test);
    if (name == "wildcard") return wildcard(operand, test);
    if (name == "numeric") return numeric(operand, test);
    if (name == "cidr") return cidr(operand, test);
    if (name == "exists") return exists(operand, test);
    if (name == "anything-but") return anything_but(operand, test);
    return bad("Unrecognized match type " + name, operand);
  }

  bool any_case(const PatternNode& operand, std::string_view name, TestKind kind, ValueTest& test) {
    if (operand.kind != Kind::text) return bad(fmt::format("{} match pattern must be a string", name), operand);
    test = text_test(kind, fold_case(operand.text));
    return true;
  }

  bool affix(const PatternNode& operand, std::string_view name, TestKind kind, TestKind folded_kind, ValueTest& test) {
    if (operand.kind == Kind::object) {
      if (operand.members.empty())
        return bad_end(fmt::format("{} expression name not found", name == "prefix" ? "Prefix" : "Suffix"), operand);
      if (operand.members.size() > 1) return bad("Only one key allowed in match expression", operand.members[1].second);
      const auto& [inner, value] = operand.members.front();
      if (inner != "equals-ignore-case") return bad(fmt::format("Unsupported {} pattern: {}", name, inner), value);
      return any_case(value, "equals-ignore-case", folded_kind, test);
    }
    if (operand.kind != Kind::text) return bad(fmt::format("{} match pattern must be a string", name), operand);
    test = text_test(kind, operand.text);
    return true;
  }

  bool exists(const PatternNode& operand, ValueTest& test) {
    if (operand.kind != Kind::truth) return bad("exists match pattern must be either true or false.", operand);
    test.kind = operand.truth ? TestKind::exists : TestKind::absent;
    return true;
  }

  bool cidr(const PatternNode& operand, ValueTest& test) {
    if (operand.kind != Kind::text) return bad("prefix match pattern must be a string", operand);
    test.kind = TestKind::address;
    const std::string reason = read_address_range(operand.text, test.addresses);
    // the service tells these without a place
    return reason.empty() || bad_at(reason, std::nullopt);
  }

  // --- numeric

  bool numeric(const PatternNode& operand, ValueTest& test) {
    test.kind = TestKind::range;
    if (operand.kind != Kind::array) return bad("Value of numeric must be an array.", operand);
    const auto& parts = operand.elements;
    if (parts.empty()) return bad_end("Invalid member in numeric match: ]", operand);
    if (parts[0].kind != Kind::text) return bad("Invalid member in numeric match: " + parts[0].text, parts[0]);
    const std::string& sign = parts[0].text;
    if (sign != "=" && sign != "<" && sign != "<=" && sign != ">" && sign != ">=")
      return bad_at("Unrecognized numeric range operator: " + sign, parts.size() > 1 ? parts[1].at : operand.end);
    double first = 0;
    if (!numeric_operand(operand, 0, first)) return false;
    if (sign == "=")
      test.range = {first, first, true, true};
    else if (sign[0] == '>')
      test.range.low = first, test.range.low_included = sign == ">=";
    else
      test.range.high = first, test.range.high_included = sign == "<=";
    if (parts.size() > 2 && sign[0] != '>') return bad("Too many elements in numeric expression", parts[2]);
    if (parts.size() > 2 && !upper_bound(operand, test)) return false;
    for (const PatternNode& part : parts)
      if (part.kind == Kind::number && !is_exact(part)) return bad_end("Cannot compare number : " + part.text, operand);
    return true;
  }

  bool numeric_operand(const PatternNode& operand, std::size_t sign, double& out) {
    const auto& parts = operand.elements;
    const std::string reason = fmt::format("Value of {} must be numeric", parts[sign].text == "=" ? "equals" : parts[sign].text);
    if (sign + 1 >= parts.size()) return bad_end(reason, operand);
    if (parts[sign + 1].kind != Kind::number) return bad(reason, parts[sign + 1]);
    out = parts[sign + 1].number;
    return true;
  }

  bool upper_bound(const PatternNode& operand, ValueTest& test) {
    const auto& parts = operand.elements;
    if (parts[2].kind != Kind::text) return bad("Bad value in numeric range: " + parts[2].text, parts[2]);
    if (parts[2].text != "<" && parts[2].text != "<=") return bad_end("Bad numeric range operator: " + parts[2].text, parts[2]);
    if (!numeric_operand(operand, 2, test.range.high)) return false;
    test.range.high_included = parts[2].text == "<=";
    if (parts.size() > 4) return bad("Too many terms in numeric range expression", parts[4]);
    return test.range.low < test.range.high || bad_end("Bottom must be less than top", operand);
  }

  // --- wildcard

  bool wildcard(const PatternNode& operand, ValueTest& test) {
    if (operand.kind != Kind::text) return bad("wildcard match pattern must be a string", operand);
    test.kind = TestKind::wildcard;
    test.text = operand.text;
    test.segments = {""};
    bool after_asterisk = false;
    for (std::size_t n = 0; n < operand.text.size(); ++n) {
      const char c = operand.text[n];
      if (c == '*') {
        if (after_asterisk) return bad_end(fmt::format("Consecutive wildcard characters at pos {}", n), operand);
        test.segments.emplace_back();
        after_asterisk = true;
        continue;
      }
      after_asterisk = false;
      if (c != '\\') {
        test.segments.back() += c;
        continue;
      }
      if (n + 1 >= operand.text.size() || (operand.text[n + 1] != '*' && operand.text[n + 1] != '\\'))
        return bad_end(fmt::format("Invalid escape character at pos {}", n + 1), operand);
      test.segments.back() += operand.text[++n];
    }
    if (complexity(test.segments) > wildcard_complexity_max)
      return bad(
          "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character",
          operand);
    return true;
  }

  /// Each part after an asterisk may be half-way matched at as many places at once as it overlaps itself.
  static int complexity(const std::vector<std::string>& segments) {
    int places = 0;
    for (std::size_t n = 1; n < segments.size(); ++n) places += 1 + longest_overlaps(segments[n]);
    return places;
  }

  static int longest_overlaps(const std::string& segment) {
    std::vector<std::size_t> border(segment.size() + 1, 0);
    std::vector<int> depth(segment.size() + 1, 0);
    int most = 0;
    for (std::size_t n = 1; n < segment.size(); ++n) {
      std::size_t k = border[n];
      while (k > 0 && segment[k] != segment[n]) k = border[k];
      if (segment[k] == segment[n]) ++k;
      border[n + 1] = k;
      depth[n + 1] = k > 0 ? depth[k] + 1 : 0;
      most = std::max(most, depth[n + 1]);
    }
    return most;
  }

  // --- anything-but

  static constexpr const char* anything_but_kinds = "Value of anything-but must be an array or single string/number value.";

  bool anything_but(const PatternNode& operand, ValueTest& test) {
    test.kind = TestKind::anything_but;
    if (operand.kind == Kind::object) return anything_but_expression(operand, test.none_of);
    if (operand.kind == Kind::array) return anything_but_list(operand, test.none_of);
    if (operand.kind != Kind::text && operand.kind != Kind::number) return bad(anything_but_kinds, operand);
    if (operand.kind == Kind::number && !is_exact(operand)) return bad_at("Cannot compare number : " + operand.text, std::nullopt);
    return add_test(operand, test.none_of);
  }

  bool anything_but_list(const PatternNode& list, std::vector<ValueTest>& none_of) {
    bool is_mixed = list.elements.empty();
    for (const PatternNode& element : list.elements) {
      if (element.kind != Kind::text && element.kind != Kind::number)
        return bad_in_list("Inside anything but list, start|null|boolean is not supported.", element);
      if (element.kind == Kind::number && !is_exact(element)) return bad("Cannot compare number : " + element.text, element);
      is_mixed = is_mixed || element.kind != list.elements.front().kind;
    }
    if (is_mixed) return bad_end("Inside anything but list, either all values are number or string, mixed type is not supported", list);
    return std::ranges::all_of(list.elements, [&](const PatternNode& element) { return add_test(element, none_of); });
  }

  bool anything_but_expression(const PatternNode& operand, std::vector<ValueTest>& none_of) {
    if (operand.members.empty()) return bad_end("Anything-But expression name not found", operand);
    const auto& [name, value] = operand.members.front();
    if (name != "prefix" && name != "suffix" && name != "equals-ignore-case" && name != "wildcard")
      return bad("Unsupported anything-but pattern: " + name, value);
    const bool one = value.kind != Kind::array;
    if (!one && value.elements.empty()) return bad_end("Empty arrays are not allowed", value);
    if (one && !anything_but_operand(name, value, none_of, false)) return false;
    for (const PatternNode& element : value.elements)
      if (!anything_but_operand(name, element, none_of, true)) {
        // wildcards are looked at when the list has been read
        if (at_ == std::optional(element.end) && name == "wildcard") at_ = value.end;
        return false;
      }
    if (operand.members.size() > 1) return bad("Too many elements in numeric expression", operand.members[1].second);
    return true;
  }

  bool anything_but_operand(const std::string& name, const PatternNode& node, std::vector<ValueTest>& none_of, bool in_list) {
    const bool affix = name == "prefix" || name == "suffix";
    if (node.kind != Kind::text) {
      const auto refuse_it = [&](std::string reason) {
        return in_list ? bad_in_list(std::move(reason), node) : bad(std::move(reason), node);
      };
      if (!in_list && node.kind != Kind::number) return bad(anything_but_kinds, node);
      if (affix) return refuse_it("prefix/suffix match pattern must be a string");
      if (name == "wildcard") return refuse_it("wildcard match pattern must be a string");
      return refuse_it("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.");
    }
    if (affix && node.text.empty()) {
      is_told_twice_ = in_list;
      return bad_end("Null prefix/suffix not allowed", node);
    }
    ValueTest& test = none_of.emplace_back();
    if (name == "wildcard") return wildcard(node, test);
    if (affix) return test = text_test(name == "prefix" ? TestKind::prefix : TestKind::suffix, node.text), true;
    return any_case(node, name, TestKind::text_any_case, test);
  }

  std::string_view text_;
  std::string reason_;
  std::optional<TextPosition> at_;
  bool is_told_twice_ = false;
};

}  // namespace

Result<Pattern> compile_pattern(std::string_view text) { return Compiler(text).compile(); }

}  // namespace tocsin::events
