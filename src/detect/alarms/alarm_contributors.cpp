// The rows of contributors.
#include "detect/alarms/alarm_store.h"

namespace tocsin::detect {

std::vector<ContributorRecord> AlarmStore::contributors(const Scope& scope, const std::string& alarm) {
  std::vector<ContributorRecord> found;
  for (const storage::Row& row : database_.query("SELECT id, attributes, state, reason, transitioned, turned, present FROM "
                                                 "alarms_contributors WHERE account = ? AND region = ? AND "
                                                 "alarm_name = ? ORDER BY id",
                                                 {scope.account, scope.region, alarm}))
    found.push_back({row.text(0), row.document(1), parse_alarm_state(row.text(2)).value_or(AlarmState::ok), row.text(3), row.instant(4),
                     row.instant(5), row.truth(6)});
  return found;
}

void AlarmStore::put_contributor(const Scope& scope, const std::string& alarm, const ContributorRecord& contributor) {
  database_.execute(
      "INSERT INTO alarms_contributors (account, region, alarm_name, id, attributes, state, reason, transitioned, turned, present) VALUES "
      "(?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, region, alarm_name, id) DO UPDATE SET attributes = excluded.attributes, state = "
      "excluded.state, reason = excluded.reason, transitioned = excluded.transitioned, turned = excluded.turned, present = "
      "excluded.present",
      {scope.account, scope.region, alarm, contributor.id, contributor.attributes, to_text(contributor.state), contributor.reason,
       contributor.transitioned, contributor.turned, contributor.present});
}

void AlarmStore::remove_contributor(const Scope& scope, const std::string& alarm, const std::string& id) {
  database_.execute("DELETE FROM alarms_contributors WHERE account = ? AND region = ? AND alarm_name = ? AND id = ?",
                    {scope.account, scope.region, alarm, id});
}

void AlarmStore::remove_contributors(const Scope& scope, const std::string& alarm) {
  database_.execute("DELETE FROM alarms_contributors WHERE account = ? AND region = ? AND alarm_name = ?",
                    {scope.account, scope.region, alarm});
}

}  // namespace tocsin::detect
