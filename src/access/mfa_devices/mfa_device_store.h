// Virtual MFA devices of the accounts. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/credentials/access_changes.h"
#include "access/credentials/secret_box.h"

namespace tocsin::access {

struct MfaDevice {
  std::string account;
  std::string name;
  std::string path = "/";
  Instant created{};
  std::string user_name;  ///< empty while nobody has it
  Instant enabled{};
  std::vector<std::pair<std::string, std::string>> tags;  ///< in the order of their keys

  /// arn:aws:iam::ACCOUNT:mfa/path/name
  std::string serial() const { return "arn:aws:iam::" + account + ":mfa" + path + name; }
};

/// All errors carry IAM's code as reason and its words as message.
/// Threads: only on the StateExecutor, inside a unit of work.
class MfaDeviceStore {
 public:
  /// All must outlive this object.
  MfaDeviceStore(storage::StateExecutor& state, const SecretBox& box, Random& random) : state_(state), box_(box), random_(random) {}
  Result<void> migrate();

  /// The seed (bytes) is never to be had again. EntityAlreadyExists.
  Result<std::string> create(MfaDevice device);
  std::optional<MfaDevice> find(const std::string& serial);
  /// In the order of their serial numbers.
  std::vector<MfaDevice> list(const std::string& account);
  std::vector<MfaDevice> of_user(const std::string& account, const std::string& user_name);
  void put_tags(const MfaDevice& device);
  /// DeleteConflict while somebody has it.
  Result<void> remove(const MfaDevice& device);

  /// The codes are two in a row, not more than some minutes old or early. InvalidAuthenticationCode.
  Result<void> enable(const MfaDevice& device, const std::string& user_name, const std::string& first_code, const std::string& second_code);
  Result<void> resync(const MfaDevice& device, const std::string& first_code, const std::string& second_code);
  void deactivate(const MfaDevice& device);
  /// Whether the code is the device's of now, or of the step before or after; a code counts once.
  bool accepts(const MfaDevice& device, const std::string& code);
  void rename_user(const std::string& account, const std::string& before, const std::string& after);

 private:
  struct Clockwork {
    std::string seed;
    std::int64_t last_step = 0;  ///< of the last code that counted
    std::int64_t drift = 0;      ///< the device's clock, in steps ahead of ours
  };
  std::optional<Clockwork> clockwork_of(const MfaDevice& device);
  std::optional<std::int64_t> step_of(const Clockwork& clockwork, const std::string& first_code, const std::string& second_code) const;
  Result<void> set_clock(const MfaDevice& device, const std::string& first_code, const std::string& second_code);

  storage::StateExecutor& state_;
  const SecretBox& box_;
  Random& random_;
};

}  // namespace tocsin::access
