// PutAnomalyDetector, DescribeAnomalyDetectors, DeleteAnomalyDetector.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/anomalies/anomaly_detectors.h"

namespace tocsin::api::cloudwatch {

using detect::AnomalyDetectors;

Reply put_anomaly_detector(AnomalyDetectors&, const Call&);
Reply describe_anomaly_detectors(AnomalyDetectors&, const ListTokens&, const Call&);
Reply delete_anomaly_detector(AnomalyDetectors&, const Call&);

}  // namespace tocsin::api::cloudwatch
