// The way of every API request, from the network and from our own services. README.md names the steps and the order of refusals.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/dispatch/gate.h"
#include "api/dispatch/operation_table.h"
#include "api/dispatch/usage_counter.h"
#include "base/random.h"
#include "base/shared_text.h"
#include "storage/state_executor.h"
#include "wire/aws/router.h"

namespace tocsin::api {

/// What a dispatcher stands on; everything referred to outlives it.
struct DispatcherParts {
  const wire::ServiceModels& models;
  storage::StateExecutor& state;
  Gate& gate;
  Recorder& recorder;
  Random& random;  ///< thread-safe when requests come from several threads
  SelfMetrics& metrics;
  std::string public_url;       ///< "https://ops.example.com"; empty: the host that the caller used
  Executor* answers = nullptr;  ///< where answers are serialized; null: on the state executor
};

/// A call that one of our own services makes for a principal: a rule's target, a step of a runbook, a schedule.
struct InternalCall {
  enum class Form {
    typed,  ///< timestamps int64 ns, blobs raw (base/document.h)
    json,   ///< as a client writes it: timestamps as text or seconds, blobs in base64
  };
  std::string service;    ///< the model's folder name
  std::string operation;  ///< the model's name; its first letter may be lower case
  Document input;
  Principal principal;
  Scope scope;
  Form form = Form::json;
  /// Runs in the very unit of work in which the operation was carried out (of one that answers later: in the unit that takes its answer down), so that the deed and what
  /// is made of it are one. An error undoes both. May be empty.
  std::move_only_function<Result<void>(const Reply& reply, const wire::Shape* output_shape)> within = {};
};

class Dispatcher final : public wire::HttpHandler {
 public:
  Dispatcher(DispatcherParts parts, std::vector<Service> services);
  ~Dispatcher() override;

  /// Any thread. Paths of the console, status page and the like are told apart before this.
  void handle(wire::HttpRequest request, wire::Respond respond) override;

  /// The same authorize → validate → handle → record without HTTP. Any thread; `complete` runs on the StateExecutor's executor after the
  /// commit, outside a unit. Errors are the service's; UnknownOperationException when the model has no such operation.
  void call(InternalCall call, Complete complete);

  /// At start only, before the first request.
  wire::Router& router() { return router_; }
  /// At start only: where this server listens ("http://127.0.0.1:4566"), for URLs handed out by internal calls when no public one is set.
  void set_local_url(std::string url) { local_url_.set(std::move(url)); }

 private:
  struct Passage;
  using Shared = std::shared_ptr<Passage>;

  void pass(Shared passage);
  void read_only(Shared passage);
  void walk(Passage& passage);
  void admit(Passage& passage);
  std::expected<void, ServiceError> refuse_before_handling(Passage& passage);
  Reply run(const Handle& handle, const Call& call);
  void note_refusal(Passage& passage);
  void record(Passage& passage);
  void handle_later(Shared passage, const HandleLater& handle);
  void complete_later(Shared passage, Reply reply);
  void finish(Shared passage, Result<void> committed);
  Shared passage_of(wire::HttpRequest request, wire::Route route, wire::Respond respond);
  std::string base_url_of(const wire::HttpRequest& request) const;

  DispatcherParts parts_;
  wire::Router router_;
  OperationTable operations_;
  UsageCounter usage_;
  SharedText local_url_;
};

}  // namespace tocsin::api
