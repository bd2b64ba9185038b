// How every command of `tocsin` ends.
#pragma once

#include "base/result.h"

namespace tocsin::server {

enum class ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  denied = 4,
  unreachable = 5,
  condition_true = 6,  ///< --fail-if was true
  interrupted = 130,
};

constexpr ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return ExitCode::usage;
    case ErrorKind::not_found:
      return ExitCode::not_found;
    case ErrorKind::denied:
      return ExitCode::denied;
    case ErrorKind::already_exists:
    case ErrorKind::conflict:
    case ErrorKind::limit_exceeded:
    case ErrorKind::unavailable:
    case ErrorKind::unsupported:
    case ErrorKind::internal:
      return ExitCode::failed;
  }
  return ExitCode::failed;
}

}  // namespace tocsin::server
