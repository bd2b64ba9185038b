// A queue's settings: the service's attributes with their ranges and defaults.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::delivery {

using AttributeMap = std::map<std::string, std::string>;

struct Redrive {
  std::string dead_letter_queue_arn;
  int receive_count_max = 0;
};

/// What was set, over the defaults. Only values that passed check_queue_attributes.
class QueueAttributes {
 public:
  explicit QueueAttributes(AttributeMap set = {}) : set_(std::move(set)) {}
  const AttributeMap& set() const { return set_; }
  /// Later values replace; an empty Policy, RedrivePolicy or RedriveAllowPolicy removes it.
  void merge(const AttributeMap& changes);
  /// With the defaults of those that always have a value.
  AttributeMap all() const;

  bool fifo() const { return value("FifoQueue") == "true"; }
  bool deduplicates_by_content() const { return value("ContentBasedDeduplication") == "true"; }
  bool deduplicates_by_group() const { return value("DeduplicationScope") == "messageGroup"; }
  int number(const std::string& name) const;
  std::string value(const std::string& name) const;
  std::optional<Redrive> redrive() const;
  /// What RedriveAllowPolicy says of a source queue.
  bool takes_dead_letters_of(const std::string& source_queue_arn) const;

 private:
  AttributeMap set_;
};

/// Refuses unknown names (reason InvalidAttributeName) and values out of range (InvalidAttributeValue). `creating`: FifoQueue may be set
/// only then.
Result<void> check_queue_attributes(const AttributeMap& attributes, bool fifo, bool creating);

}  // namespace tocsin::delivery
