// What an operation is given, and how it answers. The way to add one: CONTRIBUTING.md, "an operation".
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "api/service_error.h"
#include "base/clock.h"
#include "base/document.h"
#include "model/principal.h"
#include "model/scope.h"

namespace tocsin::api {

/// One authenticated, authorized, parsed and validated request. `input` has the members of the model's input shape by their model names, with defaults unfilled.
struct Call {
  std::string service;     ///< the model's folder name: "sns", "ssm-incidents"
  std::string operation;   ///< the model's operation name
  Document input;          ///< an object; timestamps int64 ns, blobs raw bytes (base/document.h)
  Principal principal;
  Scope scope;             ///< the caller's account and the region of the credential's scope
  Instant now;
  std::string request_id;
  std::string base_url;    ///< "http://host:port" as the caller reached us, or the configured public one; for URLs handed out
  std::string source_ip;
  std::string user_agent;
};

/// The output shape's members by their model names (an object), or an error.
using Reply = std::expected<Document, ServiceError>;
using Complete = std::move_only_function<void(Reply)>;

/// Runs on the StateExecutor inside the request's unit of work; an error undoes what it wrote.
using Handle = std::function<Reply(const Call&)>;
/// Called on the StateExecutor outside a unit; answers later (long polls, queries). Submits its own units for what it writes.
using HandleLater = std::function<void(Call, Complete)>;

struct Operation {
  std::string name;
  std::variant<Handle, HandleLater> handle;
};

/// All that a service answers; an operation of the model that is not listed is answered NotImplementedException (501).
struct Service {
  std::string name;  ///< the model's folder name
  std::vector<Operation> operations;
};

}  // namespace tocsin::api
