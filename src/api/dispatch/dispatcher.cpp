#include "api/dispatch/dispatcher.h"

#include <atomic>
#include <boost/json.hpp>
#include <optional>

#include "api/dispatch/fit_to_shape.h"
#include "api/dispatch/reading_name.h"
#include "base/ids.h"
#include "base/log.h"
#include "wire/aws/codec.h"
#include "wire/aws/json_text.h"
#include "wire/aws/packed_lists.h"
#include "wire/aws/validation.h"

namespace tocsin::api {

/// One call on its way. Lives until it is answered.
struct Dispatcher::Passage {
  Call call;
  wire::Route route;
  const Operation* operation = nullptr;      ///< null: not offered
  std::optional<wire::HttpRequest> request;  ///< of a call from the network
  std::optional<ServiceError> flaw;          ///< what is wrong with the body
  bool over_network = false;
  bool unreadable = false;              ///< the body could not even be parsed, so nothing can be authorized
  bool admitted = false;                ///< the caller is known
  bool later = false;                   ///< handled outside the unit
  bool reading = false;                 ///< tried again without writing anything
  Duration hold_back{};                 ///< how long the answer has to wait
  std::atomic<bool> completed = false;  ///< of a later one: its reply came
  Reply reply;
  std::move_only_function<Result<void>(const Reply&, const wire::Shape*)> within;
  std::move_only_function<void(Passage*)> answer;  ///< after the commit

  /// Whether it can be answered although nothing can be written.
  bool may_only_read(const Error& failed) const {
    return over_network && !reading && failed.kind == ErrorKind::unavailable && operation && std::holds_alternative<Handle>(operation->handle) &&
           is_reading_name(call.operation);
  }
  Result<void> take_down() { return within ? within(reply, route.operation ? route.operation->output : nullptr) : Result<void>{}; }
};

namespace {

ServiceError to_service_error(wire::WireError error) {
  return {std::move(error.code), std::move(error.message), error.status, std::move(error.members)};
}
wire::WireError to_wire_error(const ServiceError& error) { return {error.code, error.message, error.status, error.members}; }

ServiceError not_offered(const wire::Route& route) {
  return {
      "NotImplementedException",
      "The operation " + route.operation->name + " of " + route.service->name + " is not offered by this server: it is not implemented.",
      501,
      {}};
}

/// A host name, port or address; anything else in a Host header is not echoed into links.
bool is_plain_host(std::string_view host) {
  return !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == std::string_view::npos;
}

bool has_credentials(const wire::HttpRequest& request) {
  return request.headers.has("Authorization") || request.query.find("X-Amz-Credential") != std::string::npos ||
         request.query.find("X-Amz-Signature") != std::string::npos;
}

/// Who calls an operation that takes no credentials, such as AssumeRoleWithWebIdentity.
Caller nobody() {
  return {{.kind = PrincipalKind::federated_user, .arn = "anonymous", .principal_id = "anonymous", .name = "anonymous"}, {}};
}

wire::Parsed<Document> read_body(const wire::Route& route, const wire::HttpRequest& request) {
  const std::size_t bytes_max = wire::body_bytes_max(route);
  if (request.body.size() > bytes_max)
    return wire::wire_fail("RequestEntityTooLargeException",
                           "The request body must not be longer than " + std::to_string(bytes_max) + " bytes.", 413);
  return wire::codec_of(route.protocol).parse(route, request);
}

std::string upper_first(std::string name) {
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

Reply internal_failure(const Call& call, std::string_view why) {
  log::error("api/dispatch", "an operation failed",
             {{"service", call.service}, {"operation", call.operation}, {"request_id", call.request_id}, {"error", std::string(why)}});
  return refuse("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", 500);
}

}  // namespace

Dispatcher::Dispatcher(DispatcherParts parts, std::vector<Service> services)
    : parts_(std::move(parts)), router_(parts_.models), operations_(std::move(services)), usage_(parts_.state.executor(), parts_.metrics) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::handle(wire::HttpRequest request, wire::Respond respond) {
  if (wire::HttpHandler* extra = router_.extra(request)) return extra->handle(std::move(request), std::move(respond));
  auto route = router_.route(request);
  if (!route) {
    const wire::RouteFailure& failure = route.error();
    return respond(wire::codec_of(failure.protocol).write_error(wire::context_of(failure), failure.error, make_uuid_v4(parts_.random)));
  }
  pass(passage_of(std::move(request), std::move(*route), std::move(respond)));
}

Dispatcher::Shared Dispatcher::passage_of(wire::HttpRequest request, wire::Route route, wire::Respond respond) {
  auto passage = std::make_shared<Passage>();
  passage->operation = operations_.find(route.service->name, route.operation->name);
  Call& call = passage->call;
  call.service = route.service->name;
  call.operation = route.operation->name;
  call.request_id = make_uuid_v4(parts_.random);
  call.base_url = base_url_of(request);
  call.source_ip = request.peer_address;
  call.user_agent = request.headers.get("User-Agent");
  wire::Parsed<Document> input = read_body(route, request);
  passage->unreadable = !input;
  if (!input) {
    passage->flaw = to_service_error(std::move(input.error()));
  } else {
    call.input = std::move(*input);
    if (auto flaw = wire::validate(*route.service, *route.operation, call.input)) passage->flaw = to_service_error(std::move(*flaw));
  }
  passage->over_network = true;
  passage->route = std::move(route);
  passage->request = std::move(request);
  passage->answer = [respond = std::move(respond)](Passage* done) mutable {
    const wire::Codec& codec = wire::codec_of(done->route.protocol);
    respond(done->reply ? codec.write(done->route, *done->reply, done->call.request_id)
                        : codec.write_error(wire::context_of(done->route), to_wire_error(done->reply.error()), done->call.request_id));
  };
  return passage;
}

std::string Dispatcher::base_url_of(const wire::HttpRequest& request) const {
  if (!parts_.public_url.empty()) return parts_.public_url;
  const std::string_view host = request.headers.get("Host");
  return (request.tls ? "https://" : "http://") + (is_plain_host(host) ? std::string(host) : request.local_address);
}

void Dispatcher::call(InternalCall wanted, Complete complete) {
  auto passage = std::make_shared<Passage>();
  Call& call = passage->call;
  const wire::ServiceModel* service = parts_.models.find(wanted.service);
  const wire::OperationModel* operation = service ? service->operation(upper_first(wanted.operation)) : nullptr;
  passage->answer = [complete = std::move(complete)](Passage* done) mutable { complete(std::move(done->reply)); };
  passage->within = std::move(wanted.within);
  if (!operation) {
    passage->reply = refuse("UnknownOperationException", "The service " + wanted.service + " has no operation " + wanted.operation + ".");
    return parts_.state.submit([passage] { return passage->take_down(); }, [this, passage](Result<void> committed) { finish(passage, std::move(committed)); });
  }
  passage->route = {.service = service, .operation = operation};
  passage->operation = operations_.find(service->name, operation->name);
  passage->admitted = true;
  call.service = service->name;
  call.operation = operation->name;
  call.request_id = make_uuid_v4(parts_.random);
  call.base_url = parts_.public_url.empty() ? local_url_.get() : parts_.public_url;
  call.principal = std::move(wanted.principal);
  call.scope = std::move(wanted.scope);
  call.source_ip = call.principal.kind == PrincipalKind::service ? call.principal.name : "AWS Internal";
  call.user_agent = call.source_ip;
  if (wanted.form == InternalCall::Form::json && operation->input) {
    wire::Parsed<Document> typed = wire::read_json_document(fit_to_shape(wanted.input, *operation->input), *operation->input);
    passage->unreadable = !typed;
    if (typed)
      call.input = std::move(*typed);
    else
      passage->flaw = to_service_error(std::move(typed.error()));
  } else {
    call.input = wanted.input.is_object() ? std::move(wanted.input) : Document(Object{});
  }
  if (!passage->unreadable)
    if (auto flaw = wire::validate(*service, *operation, call.input)) passage->flaw = to_service_error(std::move(*flaw));
  pass(std::move(passage));
}

void Dispatcher::pass(Shared passage) {
  parts_.state.submit(
      [this, passage] {
        walk(*passage);
        return passage->later ? Result<void>{} : passage->take_down();
      },
      [this, passage](Result<void> committed) {
        if (passage->later && committed) return handle_later(passage, std::get<HandleLater>(passage->operation->handle));
        if (!committed && passage->may_only_read(committed.error())) return read_only(passage);
        finish(passage, std::move(committed));
      });
}

/// A disk that is full must not hide what is known: docs/adr/0010.
void Dispatcher::read_only(Shared passage) {
  passage->reading = true;
  parts_.state.submit_reading(
      [this, passage]() -> Result<void> {
        walk(*passage);
        return {};
      },
      [this, passage](Result<void> ended) {
        if (ended && passage->admitted && !parts_.recorder.postpone(passage->call, passage->reply))
          ended = fail(ErrorKind::unavailable, "The call cannot be recorded.");
        finish(passage, std::move(ended));
      });
}

/// Inside the unit of work.
void Dispatcher::walk(Passage& passage) {
  passage.call.now = parts_.state.now();
  admit(passage);
  if (!passage.admitted) return note_refusal(passage);
  if (!passage.reading) usage_.count(passage.call.scope, passage.route.service->service_id, passage.call.operation);
  if (auto allowed = refuse_before_handling(passage); !allowed) {
    passage.reply = std::unexpected(std::move(allowed.error()));
  } else if (const Handle* handle = std::get_if<Handle>(&passage.operation->handle)) {
    passage.reply = run(*handle, passage.call);
    if (!passage.over_network && passage.reply && passage.route.operation->output)
      wire::unpack_lists(*passage.reply, *passage.route.operation->output);
  } else {
    passage.later = true;
    return;
  }
  record(passage);
}

void Dispatcher::admit(Passage& passage) {
  if (passage.admitted) return;
  const bool anonymous = passage.route.operation->unsigned_call && !has_credentials(*passage.request);
  auto caller =
      anonymous ? std::expected<Caller, ServiceError>(nobody()) : parts_.gate.authenticate(*passage.request, passage.call.service);
  if (!caller) {
    passage.reply = std::unexpected(std::move(caller.error()));
    return;
  }
  passage.call.principal = std::move(caller->principal);
  passage.call.scope = std::move(caller->scope);
  passage.request.reset();
  passage.admitted = true;
}

/// Who is refused for its credentials is recorded with the account whose key it named; what it sent is not.
void Dispatcher::note_refusal(Passage& passage) {
  if (!passage.request || passage.reading) return;
  RefusedCaller refused = parts_.gate.refused(*passage.request, passage.reply.error());
  passage.hold_back = refused.hold_back;
  if (!refused.claimed) return;
  passage.call.principal = std::move(refused.claimed->principal);
  passage.call.scope = std::move(refused.claimed->scope);
  passage.call.input = Object{};
  record(passage);
}

std::expected<void, ServiceError> Dispatcher::refuse_before_handling(Passage& passage) {
  if (!passage.operation) return std::unexpected(not_offered(passage.route));
  if (passage.unreadable) return std::unexpected(*passage.flaw);
  if (passage.call.principal.arn != "anonymous")
    if (auto allowed = parts_.gate.authorize(passage.call); !allowed) return allowed;
  if (passage.flaw) return std::unexpected(*passage.flaw);
  return parts_.gate.check_passed_roles(passage.call);
}

Reply Dispatcher::run(const Handle& handle, const Call& call) {
  return parts_.state.atomically([&]() -> Reply {
    try {
      return handle(call);
    } catch (const std::exception& error) {
      return internal_failure(call, error.what());
    }
  });
}

void Dispatcher::record(Passage& passage) {
  if (passage.reading) return;
  (void)parts_.state.atomically([&]() -> Result<void> {
    try {
      parts_.recorder.record(passage.call, passage.reply);
      return {};
    } catch (const std::exception& error) {
      log::error("api/dispatch", "a call could not be recorded", {{"request_id", passage.call.request_id}, {"error", error.what()}});
      return fail(ErrorKind::internal, error.what());
    }
  });
}

void Dispatcher::handle_later(Shared passage, const HandleLater& handle) {
  try {
    handle(passage->call, [this, passage](Reply reply) { complete_later(passage, std::move(reply)); });
  } catch (const std::exception& error) {
    complete_later(passage, internal_failure(passage->call, error.what()));
  }
}

void Dispatcher::complete_later(Shared passage, Reply reply) {
  if (passage->completed.exchange(true)) return;
  parts_.state.submit(
      [this, passage, reply = std::move(reply)]() mutable {
        passage->reply = std::move(reply);
        record(*passage);
        return passage->take_down();
      },
      [this, passage](Result<void> committed) { finish(passage, std::move(committed)); });
}

void Dispatcher::finish(Shared passage, Result<void> committed) {
  if (!committed)
    passage->reply =
        refuse("ServiceUnavailable", "The request has failed due to a temporary failure of the server: " + committed.error().message, 503);
  if (passage->hold_back > Duration{})
    return static_cast<void>(parts_.state.executor().post_after(passage->hold_back, [passage] { passage->answer(passage.get()); }));
  if (!parts_.answers || !passage->over_network) return passage->answer(passage.get());
  parts_.answers->post([passage] { passage->answer(passage.get()); });
}

}  // namespace tocsin::api
