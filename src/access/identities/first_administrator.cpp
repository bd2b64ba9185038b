#include "access/identities/first_administrator.h"

namespace tocsin::access {

Result<NewAccessKey> create_first_administrator(IdentityStore& identities, PolicyStore& policies, AccessKeyStore& keys,
                                                const std::string& account, const std::string& user_name) {
  auto user = identities.find(EntityKind::user, account, user_name);
  if (!user) {
    user = identities.create({.kind = EntityKind::user, .account = account, .name = user_name});
    if (!user) return std::unexpected(user.error());
    if (auto attached = policies.attach(*user, "arn:aws:iam::aws:policy/AdministratorAccess"); !attached)
      return std::unexpected(attached.error());
  }
  if (keys.list(account, user->name).size() >= 2)
    return fail(ErrorKind::limit_exceeded, "The user " + user_name + " has two access keys already; remove one first.", "LimitExceeded");
  return keys.create(account, user->name);
}

}  // namespace tocsin::access
