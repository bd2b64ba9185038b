// The rules of the buses with their patterns compiled; can be read again at any time.
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "events/patterns/pattern.h"
#include "events/rules/rules.h"

namespace tocsin::events {

struct Rules::Compiled {
  Rule rule;
  Pattern pattern;
};

struct Rules::Cache {
  struct Bus {
    std::int64_t generation = -1;
    std::vector<Compiled> rules;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Bus> buses;
};

}  // namespace tocsin::events
