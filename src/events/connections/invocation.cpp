// One request to an API destination: its token, its turn, its answer.
#include <algorithm>
#include <boost/json.hpp>

#include "events/connections/connection_rows.h"
#include "events/connections/connections.h"
#include "events/connections/destination_request.h"

namespace tocsin::events {

using namespace std::chrono_literals;

namespace {

constexpr auto token_lifetime_default = 1h;
constexpr auto token_margin = 30s;
/// One whose turn is later than this is told to come again, so that a slow destination holds up no other.
constexpr auto wait_max = 5s;

bool is_tried_again(int status) { return status == 401 || status == 407 || status == 409 || status == 429 || status >= 500; }

Result<void> result_of(const delivery::CarryOutcome& outcome) {
  if (outcome.result == delivery::CarryResult::delivered) return {};
  const bool again = outcome.status == 0 ? outcome.result == delivery::CarryResult::try_again : is_tried_again(outcome.status);
  std::string code = outcome.error_code.empty() ? "ERROR_FROM_TARGET" : outcome.error_code;
  if (outcome.status == 401 || outcome.status == 403 || outcome.status == 407) code = "NO_PERMISSIONS";
  return fail(again ? ErrorKind::unavailable : ErrorKind::invalid, outcome.error, code);
}

}  // namespace

struct Connections::Invocation {
  TargetDelivery delivery;
  std::move_only_function<void(Result<void>)> done;
  std::string connection_arn;
  std::string destination_arn;
  std::int64_t rate_per_second = 300;
  bool wants_token = false;
  DestinationCall call;
};

/// What is defined now, with the secrets opened.
Result<void> Connections::prepare(Invocation& invocation) {
  invocation.destination_arn = invocation.delivery.target.text();
  const auto row = state_.database().query_one(std::string(destination_columns) + "WHERE arn = ?", {invocation.destination_arn});
  if (!row) return fail(ErrorKind::not_found, "The API destination does not exist.", "NO_RESOURCE");
  invocation.connection_arn = row->text(5);
  invocation.rate_per_second = std::max<std::int64_t>(row->integer(8), 1);
  const auto connection = find_by_arn(invocation.connection_arn);
  if (!connection) return fail(ErrorKind::not_found, "The connection of the API destination does not exist.", "NO_RESOURCE");
  if (connection->state == "DEAUTHORIZED") return fail(ErrorKind::denied, "The connection is not authorized.", "NO_PERMISSIONS");
  auto secrets = secrets_of(*connection);
  if (!secrets) return std::unexpected(secrets.error());
  const Document* parameters = tocsin::find(invocation.delivery.definition, "HttpParameters");
  invocation.call = {
      row->text(6), row->text(7), std::move(*secrets), parameters ? *parameters : Document(Object{}), invocation.delivery.input, {}};
  invocation.wants_token = connection->authorization_type == "OAUTH_CLIENT_CREDENTIALS";
  return {};
}

void Connections::invoke(TargetDelivery delivery, std::move_only_function<void(Result<void>)> done) {
  auto invocation = std::make_shared<Invocation>(Invocation{std::move(delivery), std::move(done), {}, {}, 300, false, {}});
  if (!http_) return invocation->done(fail(ErrorKind::unsupported, "This server sends no HTTP requests."));
  state_.submit([this, invocation] { return prepare(*invocation); },
                [this, invocation](Result<void> prepared) {
                  if (!prepared) return invocation->done(std::move(prepared));
                  if (!invocation->wants_token) return send_in_turn(invocation);
                  const auto token = tokens_.find(invocation->connection_arn);
                  if (token == tokens_.end() || token->second.until <= state_.now()) return ask_token(invocation);
                  invocation->call.access_token = token->second.value;
                  send_in_turn(invocation);
                });
}

void Connections::ask_token(Shared invocation) {
  const Document* oauth = tocsin::find(invocation->call.auth, "OAuthParameters");
  http_->carry(invocation->delivery.delivery_id + ":token", token_request(oauth ? *oauth : Document(Object{})),
               [this, invocation](delivery::CarryOutcome outcome) {
                 // a carrier answers on its own thread
                 state_.executor().post([this, invocation, outcome = std::move(outcome)] { token_answered(invocation, outcome); });
               });
}

void Connections::token_answered(Shared invocation, const delivery::CarryOutcome& outcome) {
  const auto answer = parse_json(text_or(outcome.answer, "body", "{}"));
  const std::string token = answer ? text_or(*answer, "access_token") : std::string();
  if (outcome.result != delivery::CarryResult::delivered || token.empty()) {
    const std::string words = outcome.error.empty() ? "The authorization endpoint gave no access token." : outcome.error;
    note_state(invocation->connection_arn, "AUTHORIZING", words);
    return invocation->done(fail(ErrorKind::unavailable, words, "NO_PERMISSIONS"));
  }
  const auto lifetime = integer_at(*answer, "expires_in");
  const Duration lasts = lifetime ? Duration(std::chrono::seconds(*lifetime)) : Duration(token_lifetime_default);
  tokens_[invocation->connection_arn] = {token, state_.now() + std::max<Duration>(lasts - token_margin, 1s)};
  note_state(invocation->connection_arn, "AUTHORIZED", "");
  invocation->call.access_token = token;
  send_in_turn(invocation);
}

void Connections::send_in_turn(Shared invocation) {
  Instant& next = next_turn_[invocation->destination_arn];
  const Instant turn = std::max(next, state_.now());
  if (turn - state_.now() > wait_max)
    return invocation->done(fail(ErrorKind::limit_exceeded, "The rate limit of the API destination is reached.", "THROTTLING"));
  next = turn + Duration(std::chrono::seconds(1)) / invocation->rate_per_second;
  if (turn <= state_.now()) return send(invocation);
  state_.executor().post_at(turn, [this, invocation] { send(invocation); });
}

void Connections::send(Shared invocation) {
  http_->carry(invocation->delivery.delivery_id, destination_request(invocation->call), [this, invocation](delivery::CarryOutcome outcome) {
    state_.executor().post([this, invocation, outcome = std::move(outcome)] { answered(invocation, outcome); });
  });
}

void Connections::answered(Shared invocation, const delivery::CarryOutcome& outcome) {
  if (outcome.status == 401 || outcome.status == 407) tokens_.erase(invocation->connection_arn);
  invocation->done(result_of(outcome));
}

}  // namespace tocsin::events
