// What a returned mail says of the one that it returns: RFC 3464, and returns that follow no standard. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::delivery {

enum class ReportedAction { failed, delayed, delivered };

struct DeliveryReport {
  ReportedAction action = ReportedAction::failed;  ///< the worst of all recipients
  std::string message_id;                          ///< of the mail that it is about, without brackets
  std::string recipient;                           ///< whom it concerned; may be empty
  std::string status;                              ///< "5.1.1"; may be empty
  std::string diagnostic;                          ///< the server's words; may be empty

  /// "user unknown (5.1.1)", for people.
  std::string words() const;
};

/// nullopt when the mail reports nothing, or of no mail that can be named. A status of class 4 that has "failed" is a failure too: it was
/// given up.
std::optional<DeliveryReport> read_delivery_report(std::string_view mail);

}  // namespace tocsin::delivery
