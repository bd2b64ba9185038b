// What a call costs on the wire: route, parse, validate; serialize. PutEvents (json 1.1), PutMetricData (each protocol), GetMetricData's
// answer; and reading a model. Prints one line a case: name, microseconds a call, megabytes a second of body.
#include <sys/resource.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/json_text.h"
#include "wire/aws/request_of_test.h"
#include "wire/aws/validation.h"

namespace {

using namespace tocsin;
using namespace tocsin::wire;
using Clock = std::chrono::steady_clock;
constexpr double span_s = 1.0;

template <typename Work>
void measure(const char* name, std::size_t bytes, Work work) {
  const auto start = Clock::now();
  double elapsed_s = 0;
  long rounds = 0;
  for (; elapsed_s < span_s; ++rounds) {
    work();
    elapsed_s = std::chrono::duration<double>(Clock::now() - start).count();
  }
  const double us = elapsed_s / static_cast<double>(rounds) * 1e6;
  std::printf("%-44s %10.2f us %9.1f MB/s\n", name, us, static_cast<double>(bytes) / us);
}

void read_call(const char* name, const Router& router, const HttpRequest& request) {
  measure(name, request.body.size(), [&] {
    const auto route = router.route(request);
    const auto input = codec_of(route->protocol).parse(*route, request);
    if (!input || validate(*route->service, *route->operation, *input)) std::abort();
  });
}

std::string put_events_body() {
  std::string body = R"({"Entries":[)";
  for (int i = 0; i < 10; ++i)
    body +=
        std::string(i ? "," : "") +
        R"({"Source":"shop.orders","DetailType":"Order Placed","Time":1795502979,"Resources":["arn:aws:shop:::order/1"],"Detail":"{\"id\":)" +
        std::to_string(i) + R"(,\"total\":12.5,\"items\":[{\"sku\":\"a-1\",\"count\":2}]}","EventBusName":"default"})";
  return body + "]}";
}

std::string put_metric_json() {
  std::string body = R"({"Namespace":"Shop","MetricData":[)";
  for (int i = 0; i < 20; ++i)
    body +=
        std::string(i ? "," : "") +
        R"({"MetricName":"Latency","Dimensions":[{"Name":"Service","Value":"payments"},{"Name":"Zone","Value":"a"}],"Timestamp":1795502979,"Value":12.5,"Unit":"Milliseconds"})";
  return body + "]}";
}

std::string put_metric_form() {
  std::string body = "Action=PutMetricData&Version=2010-08-01&Namespace=Shop";
  for (int i = 1; i <= 20; ++i) {
    const std::string at = "&MetricData.member." + std::to_string(i) + ".";
    body += at + "MetricName=Latency" + at + "Dimensions.member.1.Name=Service" + at + "Dimensions.member.1.Value=payments" + at +
            "Dimensions.member.2.Name=Zone" + at + "Dimensions.member.2.Value=a" + at + "Timestamp=2026-11-24T06%3A49%3A39Z" + at +
            "Value=12.5" + at + "Unit=Milliseconds";
  }
  return body;
}

Document metric_answer() {
  Array results;
  for (int series = 0; series < 5; ++series) {
    Array times, values;
    for (std::int64_t i = 0; i < 500; ++i) {
      times.push_back(1'795'502'940'000'000'000 - i * 60'000'000'000);
      values.push_back(0.1 * static_cast<double>(i));
    }
    results.push_back(Object{{"Id", "m1"}, {"Label", "Latency"}, {"Timestamps", times}, {"Values", values}, {"StatusCode", "Complete"}});
  }
  return Object{{"MetricDataResults", results}};
}

void write_answer(const char* name, const ServiceModels& models, Protocol protocol, const Document& output) {
  const ServiceModel& service = *models.find("cloudwatch");
  const Route route{.service = &service, .operation = service.operation("GetMetricData"), .protocol = protocol};
  const std::size_t bytes = codec_of(protocol).write(route, output, "r").body.size();
  measure(name, bytes, [&] {
    if (codec_of(protocol).write(route, output, "r").body.size() != bytes) std::abort();
  });
}

long resident_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void read_models() {
  const ServiceModels models;
  for (const ServiceSummary& summary : models.summaries()) {
    const long before_kb = resident_kb();
    const auto start = Clock::now();
    models.find(summary.name);
    std::printf("%-44s %10.2f ms %6ld KB\n", ("model of " + summary.name).c_str(),
                std::chrono::duration<double>(Clock::now() - start).count() * 1e3, resident_kb() - before_kb);
  }
}

}  // namespace

int main() {
  read_models();
  const ServiceModels models;
  const Router router(models);
  read_call("read PutEvents, 10 entries, json 1.1", router, test::json_call("AWSEvents.PutEvents", put_events_body()));
  const HttpRequest json = test::json_call("GraniteServiceVersion20100801.PutMetricData", put_metric_json());
  read_call("read PutMetricData, 20 points, json 1.0", router, json);
  read_call("read PutMetricData, 20 points, query", router, test::query_call(put_metric_form()));
  const auto route = router.route(json);
  const std::string cbor = [&] {
    // an input written as CBOR: an operation whose output is the input's shape
    OperationModel echo = *route->operation;
    echo.output = echo.input;
    const Route back{.service = route->service, .operation = &echo, .protocol = Protocol::rpc_v2_cbor};
    return cbor_codec().write(back, *json_codec().parse(*route, json), "r").body;
  }();
  read_call("read PutMetricData, 20 points, cbor", router, test::cbor_call("GraniteServiceVersion20100801", "PutMetricData", cbor));
  const Document answer = metric_answer();
  write_answer("write GetMetricData, 2,500 points, json 1.0", models, Protocol::json_1_0, answer);
  write_answer("write GetMetricData, 2,500 points, query", models, Protocol::query, answer);
  write_answer("write GetMetricData, 2,500 points, cbor", models, Protocol::rpc_v2_cbor, answer);
}
