#include "detect/alarms/contributor_alarms.h"

namespace tocsin::detect {
namespace {

class StoredBook final : public ContributorBook {
 public:
  StoredBook(AlarmStore& store, AlarmTransitions& transitions, AlarmRecord& alarm, Instant now)
      : store_(store), transitions_(transitions), alarm_(alarm), now_(now) {}

  std::vector<ContributorRecord> all() override { return store_.contributors(alarm_.scope, alarm_.name); }
  void put(const ContributorRecord& contributor) override { store_.put_contributor(alarm_.scope, alarm_.name, contributor); }
  void remove(const std::string& id) override { store_.remove_contributor(alarm_.scope, alarm_.name, id); }
  void changed(const ContributorRecord& contributor, const ContributorRecord& before) override {
    transitions_.apply_contributor(alarm_, contributor, StateView{before.state, before.reason, {}, before.transitioned});
  }
  AlarmState alarm_state() override { return alarm_.state; }
  void change_alarm(AlarmState to, std::string reason, bool by_contributors) override {
    StateChange change{.state = to, .reason = std::move(reason), .reason_data = {}, .at = now_};
    if (by_contributors) change.level = ActionLevel::alarm;
    transitions_.apply(alarm_, change);
  }

 private:
  AlarmStore& store_;
  AlarmTransitions& transitions_;
  AlarmRecord& alarm_;
  const Instant now_;
};

}  // namespace

void ContributorAlarms::evaluate_series(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant now, bool unwatched) {
  StoredBook book(store_, transitions_, alarm, now);
  evaluate_contributors(book, terms, many, now, unwatched);
}

void ContributorAlarms::evaluate_promql(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant at, Instant now) {
  StoredBook book(store_, transitions_, alarm, now);
  evaluate_promql_contributors(book, terms, many, at, now);
}

}  // namespace tocsin::detect
