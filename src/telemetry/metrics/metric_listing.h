// ListMetrics over the dictionary.
#pragma once

#include "telemetry/metrics/metric_store.h"
#include "telemetry/metrics/series_dictionary.h"

namespace tocsin::telemetry {

MetricPage list_metrics(const SeriesDictionary& dictionary, const ListRequest& request);

}  // namespace tocsin::telemetry
