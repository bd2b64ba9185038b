// The tables of communicate/oncall. A landed step is never edited.
#pragma once

#include <vector>

#include "storage/sql.h"

namespace tocsin::oncall {

inline const std::vector<storage::Migration> oncall_migrations = {{1, R"sql(
CREATE TABLE oncall_contacts (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, alias TEXT NOT NULL, type TEXT NOT NULL,
  display_name TEXT NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (account, region, arn));
CREATE TABLE oncall_channels (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, contact_arn TEXT NOT NULL, name TEXT NOT NULL,
  type TEXT NOT NULL, address TEXT NOT NULL, activated BIGINT NOT NULL, code_hash TEXT NOT NULL, code_expires_ns BIGINT NOT NULL,
  code_tries BIGINT NOT NULL, PRIMARY KEY (account, region, arn));
CREATE INDEX oncall_channels_contact ON oncall_channels (account, region, contact_arn);
CREATE TABLE oncall_tags (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, tag_key TEXT NOT NULL, tag_value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag_key));
CREATE TABLE oncall_engagements (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, place TEXT NOT NULL, contact_arn TEXT NOT NULL,
  incident_arn TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, content TEXT NOT NULL, public_subject TEXT NOT NULL,
  public_content TEXT NOT NULL, start_ns BIGINT NOT NULL, stop_ns BIGINT, PRIMARY KEY (account, region, arn));
CREATE INDEX oncall_engagements_place ON oncall_engagements (account, region, place);
CREATE TABLE oncall_runs (account TEXT NOT NULL, region TEXT NOT NULL, engagement_arn TEXT NOT NULL, contact_arn TEXT NOT NULL,
  parent_arn TEXT NOT NULL, essential BIGINT NOT NULL, stage BIGINT NOT NULL, state TEXT NOT NULL, stage_started_ns BIGINT NOT NULL,
  PRIMARY KEY (account, region, engagement_arn, contact_arn));
CREATE TABLE oncall_pages (account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, place TEXT NOT NULL, engagement_arn TEXT NOT NULL,
  contact_arn TEXT NOT NULL, incident_arn TEXT NOT NULL, subject TEXT NOT NULL, content TEXT NOT NULL, messages BIGINT NOT NULL,
  sent_ns BIGINT NOT NULL, delivery_ns BIGINT, read_ns BIGINT, failed_codes BIGINT NOT NULL, PRIMARY KEY (account, region, arn));
CREATE INDEX oncall_pages_engagement ON oncall_pages (account, region, engagement_arn);
CREATE INDEX oncall_pages_contact ON oncall_pages (account, region, contact_arn);
CREATE TABLE oncall_receipts (account TEXT NOT NULL, region TEXT NOT NULL, page_arn TEXT NOT NULL, position BIGINT NOT NULL,
  channel_arn TEXT NOT NULL, type TEXT NOT NULL, info TEXT NOT NULL, at_ns BIGINT NOT NULL, PRIMARY KEY (account, region, page_arn, position));
CREATE TABLE oncall_secrets (hash TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, page_arn TEXT NOT NULL, kind TEXT NOT NULL,
  expires_ns BIGINT NOT NULL, used_ns BIGINT);
CREATE TABLE oncall_once (account TEXT NOT NULL, region TEXT NOT NULL, operation TEXT NOT NULL, token TEXT NOT NULL, outcome TEXT NOT NULL,
  PRIMARY KEY (account, region, operation, token));
)sql"},
                                                                  {2, R"sql(
CREATE INDEX oncall_pages_person ON oncall_pages (account, region, contact_arn, incident_arn);
CREATE INDEX oncall_engagements_incident ON oncall_engagements (account, region, incident_arn);
CREATE INDEX oncall_channels_address ON oncall_channels (address);
CREATE TABLE oncall_told (account TEXT NOT NULL, region TEXT NOT NULL, contact_arn TEXT NOT NULL, position BIGINT NOT NULL, kind BIGINT NOT NULL,
  at_ns BIGINT NOT NULL, impact BIGINT NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (account, region, contact_arn, position));
CREATE INDEX oncall_told_kind ON oncall_told (account, region, contact_arn, kind, at_ns);
CREATE INDEX oncall_told_topic ON oncall_told (account, region, contact_arn, topic, at_ns);
CREATE TABLE oncall_folded (account TEXT NOT NULL, region TEXT NOT NULL, contact_arn TEXT NOT NULL, page_arn TEXT NOT NULL, digest TEXT NOT NULL,
  position BIGINT NOT NULL, engagement_arn TEXT NOT NULL, channel_arn TEXT NOT NULL, stage BIGINT NOT NULL, impact BIGINT NOT NULL, line TEXT NOT NULL,
  reason TEXT NOT NULL, at_ns BIGINT NOT NULL, PRIMARY KEY (account, region, contact_arn, page_arn, digest));
CREATE INDEX oncall_folded_digest ON oncall_folded (digest);
CREATE TABLE oncall_digests (account TEXT NOT NULL, region TEXT NOT NULL, contact_arn TEXT NOT NULL, due_ns BIGINT NOT NULL,
  PRIMARY KEY (account, region, contact_arn));
CREATE TABLE oncall_messages (id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, page_arn TEXT NOT NULL, channel_arn TEXT NOT NULL,
  engagement_arn TEXT NOT NULL, stage BIGINT NOT NULL, mail_id TEXT NOT NULL, provider_id TEXT NOT NULL, state BIGINT NOT NULL, sent_ns BIGINT NOT NULL);
CREATE INDEX oncall_messages_page ON oncall_messages (account, region, page_arn);
CREATE INDEX oncall_messages_mail ON oncall_messages (mail_id);
CREATE INDEX oncall_messages_provider ON oncall_messages (provider_id);
CREATE TABLE oncall_browsers (channel_arn TEXT PRIMARY KEY, subscription TEXT NOT NULL);
CREATE TABLE oncall_push_key (id BIGINT PRIMARY KEY, private_key TEXT NOT NULL, public_key TEXT NOT NULL);
)sql"},
                                                                  {3, R"sql(
DROP INDEX oncall_folded_digest;
CREATE INDEX oncall_folded_position ON oncall_folded (digest, position);
DROP INDEX oncall_pages_contact;
CREATE INDEX oncall_pages_place ON oncall_pages (account, region, contact_arn, place);
DROP INDEX oncall_pages_person;
CREATE INDEX oncall_pages_person ON oncall_pages (account, region, contact_arn, incident_arn, place);
DROP INDEX oncall_pages_engagement;
CREATE INDEX oncall_pages_engagement ON oncall_pages (account, region, engagement_arn, contact_arn, place);
)sql"}};

}  // namespace tocsin::oncall
