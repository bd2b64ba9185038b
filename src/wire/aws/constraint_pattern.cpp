#include "wire/aws/constraint_pattern.h"

#include <re2/re2.h>

#include <boost/regex.hpp>
#include <mutex>
#include <optional>

namespace tocsin::wire {

struct ConstraintPattern::Engine {
  std::unique_ptr<RE2> re2;
  std::optional<boost::regex> boost_regex;
};
struct ConstraintPattern::Once {
  std::once_flag flag;
};

ConstraintPattern::ConstraintPattern(std::string text) : text_(std::move(text)), once_(std::make_unique<Once>()) {}
ConstraintPattern::~ConstraintPattern() = default;

namespace {
void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

/// "[\\w-/]" means a minus to Java; others see a broken range.
std::string with_plain_minus(std::string text) {
  for (const std::string_view escape : {"\\w-", "\\d-", "\\s-"}) replace_all(text, escape, std::string(escape.substr(0, 2)) + "\\-");
  return text;
}
}  // namespace

std::string to_re2_syntax(std::string_view pattern) {
  std::string text = with_plain_minus(std::string(pattern));
  replace_all(text, "\\uD800\\uDC00-\\uDBFF\\uDFFF", "\\x{10000}-\\x{10FFFF}");
  replace_all(text, "\\u10000-\\u10FFFF", "\\x{10000}-\\x{10FFFF}");
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 5 < text.size() && text[i + 1] == 'u') {
      out += "\\x{" + text.substr(i + 2, 4) + "}";
      i += 5;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      out += text.substr(i++, 2);
    } else {
      out += text[i];
    }
  }
  return out;
}

const ConstraintPattern::Engine& ConstraintPattern::engine() const {
  std::call_once(once_->flag, [this] {
    auto made = std::make_unique<Engine>();
    RE2::Options options;
    options.set_log_errors(false);
    made->re2 = std::make_unique<RE2>(to_re2_syntax(text_), options);
    if (!made->re2->ok()) {
      made->re2.reset();
      boost::regex compiled(with_plain_minus(text_), boost::regex::perl | boost::regex::no_except);
      if (compiled.status() == 0) made->boost_regex = std::move(compiled);
    }
    engine_ = std::move(made);
  });
  return *engine_;
}

bool ConstraintPattern::readable() const { return engine().re2 || engine().boost_regex; }

bool ConstraintPattern::matches(std::string_view value) const {
  if (engine().re2) return RE2::FullMatch({value.data(), value.size()}, *engine().re2);
  if (!engine().boost_regex) return true;
  try {
    return boost::regex_match(value.begin(), value.end(), *engine().boost_regex, boost::match_default);
  } catch (const std::exception&) {
    return false;  // the value made the engine give up: it is refused
  }
}

}  // namespace tocsin::wire
