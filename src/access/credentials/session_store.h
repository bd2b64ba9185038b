// Temporary credentials (ASIA…, with a session token): of roles that were assumed, of users' sessions, and of hosts. They outlive a restart
// of the server. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "access/credentials/access_changes.h"
#include "access/credentials/secret_box.h"
#include "model/principal.h"
#include "storage/remembered.h"

namespace tocsin::access {

/// What is asked for.
struct SessionRequest {
  Principal principal;  ///< whom the credentials will speak for; access_key_id and session_started are filled in
  Duration lifetime = std::chrono::hours(1);
  std::vector<std::string> policies;        ///< session policies (documents); empty for none
  std::map<std::string, std::string> tags;  ///< session tags, seen by policies as aws:PrincipalTag
  std::string source_identity;
  bool with_mfa = false;  ///< a code of the caller's device came with the request
};

struct Session {
  Principal principal;
  std::vector<std::string> policies;
  std::map<std::string, std::string> tags;
  std::string source_identity;
  bool with_mfa = false;
  Instant expires{};
};

struct SessionCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  Instant expires{};
};

/// Threads: only on the StateExecutor, inside a unit of work.
class SessionStore {
 public:
  /// All must outlive this object.
  SessionStore(storage::StateExecutor& state, const SecretBox& box, Random& random) : state_(state), box_(box), random_(random) {}
  Result<void> migrate();

  /// The caller has decided that they may be given.
  SessionCredentials issue(const SessionRequest& request);
  /// Also an expired one, for a day, so that it can be told so.
  std::optional<Session> find(const std::string& access_key_id);
  bool token_matches(const std::string& access_key_id, std::string_view session_token);
  /// Only for checking a signature.
  Result<std::string> secret_of(const std::string& access_key_id);
  /// Ends a host's or a role session's credentials at once.
  void revoke(const std::string& account, const std::string& principal_arn);

 private:
  storage::StateExecutor& state_;
  const SecretBox& box_;
  Random& random_;
  storage::Remembered<std::optional<Session>> found_{state_, access_part, 1024};
  storage::Remembered<std::string> token_hashes_{state_, access_part, 1024};
  storage::Remembered<Result<std::string>> secrets_{state_, access_part, 1024};
};

}  // namespace tocsin::access
