// A carrier whose deliveries are recorded as they arrive; what arrived before the server was killed is not carried again.
#pragma once

#include <functional>
#include <memory>

#include "delivery/arrivals/arrival_book.h"
#include "delivery/carrier.h"

namespace tocsin::delivery {

class RecordedCarrier final : public Carrier {
 public:
  using OpenBook = std::function<std::unique_ptr<ArrivalBook>()>;
  /// The book is opened at the first parcel: by then the data directory is this server's. `carrier` must outlive it and all that it
  /// carries.
  RecordedCarrier(Carrier& carrier, OpenBook open) : carrier_(carrier), open_(std::move(open)) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  Carrier& carrier_;
  OpenBook open_;
  std::shared_ptr<ArrivalBook> book_;
};

}  // namespace tocsin::delivery
