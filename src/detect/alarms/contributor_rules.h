// What an evaluation does to the contributors of an alarm, and by them to the alarm: the same for a live alarm and for one that is
// replayed.
#pragma once

#include "detect/alarms/alarm_data.h"
#include "detect/alarms/alarm_store.h"

namespace tocsin::detect {

/// 16 hexadecimal digits, the same for the same attributes.
std::string contributor_id(const std::map<std::string, std::string>& attributes);
/// "95 out of 150 time series evaluated to ALARM", above 100 "100+ time series evaluated to ALARM".
std::string contributors_reason(std::size_t in_alarm, std::size_t all);

/// Where the contributors and the state of one alarm are kept.
class ContributorBook {
 public:
  virtual ~ContributorBook() = default;
  virtual std::vector<ContributorRecord> all() = 0;
  virtual void put(const ContributorRecord& contributor) = 0;
  virtual void remove(const std::string& id) = 0;
  /// It has its new state, reason and time already.
  virtual void changed(const ContributorRecord& contributor, const ContributorRecord& before) = 0;
  virtual AlarmState alarm_state() = 0;
  /// The alarm itself changes; `by_contributors`: because one did.
  virtual void change_alarm(AlarmState to, std::string reason, bool by_contributors) = 0;
};

/// Of a Metrics Insights query that groups. With `unwatched`, some of the window was not watched by this server: what is missing says
/// nothing then.
void evaluate_contributors(ContributorBook& book, const AlarmTerms& terms, const ManySeries& many, Instant now, bool unwatched);
/// Of a PromQL query, evaluated at `at`: what it returns is breaching.
void evaluate_promql_contributors(ContributorBook& book, const AlarmTerms& terms, const ManySeries& many, Instant at, Instant now);

}  // namespace tocsin::detect
