#include "delivery/arrivals/recorded_carrier.h"

namespace tocsin::delivery {

void RecordedCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  if (!book_) book_ = open_();
  if (const auto status = book_->take(parcel_id)) return done({.result = CarryResult::delivered, .status = *status});
  carrier_.carry(parcel_id, content, [book = book_, parcel_id, done = std::move(done)](CarryOutcome outcome) mutable {
    if (outcome.result == CarryResult::delivered) book->note(parcel_id, outcome.status);
    done(std::move(outcome));
  });
}

}  // namespace tocsin::delivery
