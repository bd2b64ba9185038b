// aws:branch: which step comes next. Pure.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-branch.html
#pragma once

#include <string>

#include "base/document.h"
#include "remediate/automation/variables.h"

namespace tocsin::remediate {

struct BranchOutcome {
  std::string next_step;  ///< empty: no choice fits and there is no Default, so the runbook goes on with the following step
  std::string matched;    ///< for people: which choice decided
};

/// `inputs`: Choices and Default as written. References are looked up choice by choice, so one that is never reached needs no value.
Result<BranchOutcome> choose_branch(const Document& inputs, const Lookup& lookup);
/// Whether the choices are well formed: a NextStep, a Variable and exactly one operator each. The error says which.
Result<void> check_branch(const Document& inputs);

}  // namespace tocsin::remediate
