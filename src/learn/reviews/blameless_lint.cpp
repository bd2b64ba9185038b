#include "learn/reviews/blameless_lint.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/letters.h"

namespace tocsin::reviews {
namespace {

struct Phrase {
  std::string_view words;
  std::string_view advice;
};

constexpr std::string_view counterfactual = "This tells of what did not happen. Say what did, and what made it sensible then.";
constexpr std::string_view human =
    "People's acts are where the questions begin: what condition made the act sensible, and what let it through?";
constexpr std::string_view single = "Outages have several contributing factors. Name the conditions, each with its evidence.";
constexpr std::string_view why = "Ask how and what: 'How did it look at the time?', 'What did you know?'";

constexpr std::array<Phrase, 19> phrases = {{{"should have", counterfactual},
                                             {"should've", counterfactual},
                                             {"could have", counterfactual},
                                             {"would have", counterfactual},
                                             {"ought to have", counterfactual},
                                             {"failed to", counterfactual},
                                             {"neglected to", counterfactual},
                                             {"forgot to", counterfactual},
                                             {"human error", human},
                                             {"operator error", human},
                                             {"user error", human},
                                             {"careless", human},
                                             {"carelessly", human},
                                             {"negligence", human},
                                             {"incompetent", human},
                                             {"why did you", why},
                                             {"why didn't you", why},
                                             {"root cause", single},
                                             {"single cause", single}}};

constexpr std::array<std::string_view, 5> cause_words = {"because", "caused by", "fault", "blame", "due to"};
constexpr std::size_t cause_distance_max = 40;

bool is_word_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (static_cast<unsigned char>(c) & 0x80); }

std::vector<std::size_t> whole_words(const std::string& text, std::string_view wanted) {
  std::vector<std::size_t> out;
  if (wanted.empty()) return out;
  for (auto at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    const bool begins = at == 0 || !is_word_part(text[at - 1]);
    const bool ends = at + wanted.size() == text.size() || !is_word_part(text[at + wanted.size()]);
    if (begins && ends) out.push_back(at);
  }
  return out;
}

bool near_cause(const std::string& text, std::size_t at, std::size_t length) {
  const std::size_t begin = at > cause_distance_max ? at - cause_distance_max : 0;
  const std::string around = text.substr(begin, at - begin + length + cause_distance_max);
  return std::ranges::any_of(cause_words, [&](std::string_view word) { return !whole_words(around, word).empty(); });
}

}  // namespace

std::vector<LintHint> blameless_lint(std::string_view text, const std::vector<std::string>& people) {
  const std::string lowered = lower_case(text);
  std::vector<LintHint> out;
  const auto add = [&](std::size_t at, std::size_t length, std::string_view advice) {
    out.push_back({at, length, std::string(text.substr(at, length)), std::string(advice)});
  };
  for (const Phrase& phrase : phrases)
    for (const std::size_t at : whole_words(lowered, phrase.words)) add(at, phrase.words.size(), phrase.advice);
  for (const std::string& person : people)
    for (const std::size_t at : whole_words(lowered, lower_case(person)))
      if (near_cause(lowered, at, person.size()))
        add(at, person.size(), "A person is no cause. Name the role, and the condition that made the act sensible.");
  std::ranges::sort(out, {}, &LintHint::offset);
  return out;
}

}  // namespace tocsin::reviews
