// The tables of incidents/. A landed step is never edited.
#pragma once

#include <vector>

#include "storage/sql.h"

namespace tocsin::incidents {

inline const std::vector<storage::Migration> incident_migrations = {{1, R"sql(
CREATE TABLE incidents_plans (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (account, region, name));
CREATE TABLE incidents_replication (account TEXT PRIMARY KEY, arn TEXT NOT NULL, regions TEXT NOT NULL, protected BIGINT NOT NULL,
  created_by TEXT NOT NULL, modified_by TEXT NOT NULL, created_ns BIGINT NOT NULL, modified_ns BIGINT NOT NULL);
CREATE TABLE incidents_tags (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, tag_key TEXT NOT NULL, tag_value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag_key));
CREATE TABLE incidents_records (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL,
  status TEXT NOT NULL, dedupe TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (account, region, arn));
CREATE UNIQUE INDEX incidents_records_id ON incidents_records (id);
CREATE INDEX incidents_records_place ON incidents_records (account, region, place);
CREATE INDEX incidents_records_open ON incidents_records (account, region, status, dedupe);
CREATE TABLE incidents_timeline (account TEXT NOT NULL, region TEXT NOT NULL, incident_arn TEXT NOT NULL, id TEXT NOT NULL,
  event_ns BIGINT NOT NULL, recorded_ns BIGINT NOT NULL, updated_ns BIGINT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
  refs TEXT NOT NULL, custom BIGINT NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (account, region, incident_arn, id));
CREATE INDEX incidents_timeline_event ON incidents_timeline (incident_arn, event_id);
CREATE TABLE incidents_related (account TEXT NOT NULL, region TEXT NOT NULL, incident_arn TEXT NOT NULL, id TEXT NOT NULL, position BIGINT NOT NULL,
  type TEXT NOT NULL, value TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (account, region, incident_arn, id));
CREATE TABLE incidents_evidence (account TEXT NOT NULL, region TEXT NOT NULL, incident_arn TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
  title TEXT NOT NULL, summary TEXT NOT NULL, query TEXT NOT NULL, result TEXT NOT NULL, resource TEXT NOT NULL, happened_ns BIGINT,
  gathered_ns BIGINT NOT NULL, PRIMARY KEY (account, region, incident_arn, id));
CREATE TABLE incidents_links (account TEXT NOT NULL, region TEXT NOT NULL, link TEXT NOT NULL, incident_arn TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (account, region, link, incident_arn));
CREATE TABLE incidents_awaited (account TEXT NOT NULL, region TEXT NOT NULL, incident_arn TEXT NOT NULL, what TEXT NOT NULL,
  PRIMARY KEY (account, region, incident_arn, what));
CREATE TABLE incidents_tokens (account TEXT NOT NULL, region TEXT NOT NULL, operation TEXT NOT NULL, token TEXT NOT NULL, outcome TEXT NOT NULL,
  PRIMARY KEY (account, region, operation, token));
)sql"},
                                                                      {2, R"sql(
DROP INDEX incidents_records_open;
CREATE INDEX incidents_records_open ON incidents_records (account, region, status, dedupe, place);
CREATE INDEX incidents_links_incident ON incidents_links (incident_arn, state);
)sql"}};

}  // namespace tocsin::incidents
