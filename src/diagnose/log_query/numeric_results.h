// What functions of numbers give: a number, or nothing where mathematics has none.
#pragma once

#include <cmath>

#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {

inline Value finite(double number) { return std::isfinite(number) ? Value(number) : Value(); }

/// A function of one number, as the table of functions has it.
template <double (*function)(double)>
Value numeric(const FunctionArguments& arguments) {
  const auto number = arguments.number(0);
  return number ? finite(function(*number)) : Value();
}

}  // namespace tocsin::diagnose
