// Who may do what is read with every call and changes seldom, so it is remembered (storage/remembered.h) under this name.
#pragma once

#include "storage/state_executor.h"

namespace tocsin::access {

inline constexpr std::string_view access_part = "access";

/// The database, to write keys, sessions, identities or policies: what is remembered of them is forgotten.
inline storage::Database& changing(storage::StateExecutor& state) {
  state.note_change(access_part);
  return state.database();
}

}  // namespace tocsin::access
