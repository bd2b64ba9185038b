// The tables of alarms. A landed migration is never edited.
#include "detect/alarms/alarm_store.h"

namespace tocsin::detect {
namespace {

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE alarms_alarms (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, definition TEXT NOT NULL,
             revision BIGINT NOT NULL, cadence_s BIGINT NOT NULL, metric_namespace TEXT NOT NULL, metric_name TEXT NOT NULL, actions_enabled BIGINT NOT NULL,
             state TEXT NOT NULL, reason TEXT NOT NULL, reason_data TEXT NOT NULL, evaluation_state TEXT NOT NULL, state_updated BIGINT NOT NULL,
             state_transitioned BIGINT NOT NULL, configured BIGINT NOT NULL, warm_until BIGINT NOT NULL, PRIMARY KEY (account, region, name));
           CREATE INDEX alarms_alarms_due ON alarms_alarms (cadence_s, account, region, name);
           CREATE INDEX alarms_alarms_metric ON alarms_alarms (account, region, metric_namespace, metric_name);
           CREATE TABLE alarms_history (account TEXT NOT NULL, region TEXT NOT NULL, sequence BIGINT NOT NULL, alarm_name TEXT NOT NULL, kind TEXT NOT NULL,
             time BIGINT NOT NULL, type TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (account, region, sequence));
           CREATE INDEX alarms_history_alarm ON alarms_history (account, region, alarm_name, sequence);
           CREATE INDEX alarms_history_time ON alarms_history (time);
           CREATE TABLE alarms_evidence (account TEXT NOT NULL, region TEXT NOT NULL, sequence BIGINT NOT NULL, alarm_name TEXT NOT NULL, window_end BIGINT NOT NULL,
             datapoints TEXT NOT NULL, PRIMARY KEY (account, region, sequence));
           CREATE TABLE alarms_children (account TEXT NOT NULL, region TEXT NOT NULL, parent TEXT NOT NULL, child TEXT NOT NULL,
             PRIMARY KEY (account, region, parent, child));
           CREATE INDEX alarms_children_child ON alarms_children (account, region, child);
           CREATE TABLE alarms_progress (cadence_s BIGINT PRIMARY KEY, evaluated_to_s BIGINT NOT NULL);
           CREATE TABLE alarms_tags (arn TEXT NOT NULL, tag_key TEXT NOT NULL, tag_value TEXT NOT NULL, PRIMARY KEY (arn, tag_key));)"},
    {2,
     R"(ALTER TABLE alarms_alarms ADD COLUMN suppressed_by TEXT NOT NULL DEFAULT '';
           ALTER TABLE alarms_alarms ADD COLUMN suppressed_until BIGINT NOT NULL DEFAULT 0;
           ALTER TABLE alarms_alarms ADD COLUMN suppressed_from TEXT NOT NULL DEFAULT '';
           ALTER TABLE alarms_history ADD COLUMN contributor_id TEXT NOT NULL DEFAULT '';
           ALTER TABLE alarms_history ADD COLUMN contributor_attributes TEXT NOT NULL DEFAULT '';
           CREATE TABLE alarms_suppressors (account TEXT NOT NULL, region TEXT NOT NULL, composite TEXT NOT NULL, suppressor TEXT NOT NULL,
             PRIMARY KEY (account, region, composite));
           CREATE INDEX alarms_suppressors_suppressor ON alarms_suppressors (account, region, suppressor);
           CREATE TABLE alarms_mute_rules (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, created BIGINT NOT NULL,
             updated BIGINT NOT NULL, PRIMARY KEY (account, region, name));
           CREATE TABLE alarms_mute_targets (account TEXT NOT NULL, region TEXT NOT NULL, alarm_name TEXT NOT NULL, rule_name TEXT NOT NULL,
             PRIMARY KEY (account, region, alarm_name, rule_name));
           CREATE INDEX alarms_mute_targets_rule ON alarms_mute_targets (account, region, rule_name);
           CREATE TABLE alarms_muted (account TEXT NOT NULL, region TEXT NOT NULL, alarm_name TEXT NOT NULL, state TEXT NOT NULL, from_state TEXT NOT NULL,
             PRIMARY KEY (account, region, alarm_name));
           CREATE TABLE alarms_contributors (account TEXT NOT NULL, region TEXT NOT NULL, alarm_name TEXT NOT NULL, id TEXT NOT NULL, attributes TEXT NOT NULL,
             state TEXT NOT NULL, reason TEXT NOT NULL, transitioned BIGINT NOT NULL, turned BIGINT NOT NULL, present BIGINT NOT NULL,
             PRIMARY KEY (account, region, alarm_name, id));)"},
    // the end of the history is looked for by sequence, so that a change of state writes one tree less
    {3, "DROP INDEX alarms_history_time"},
};

}  // namespace

Result<void> AlarmStore::migrate() { return database_.migrate("alarms", migrations); }

}  // namespace tocsin::detect
