// A blocking client of the server under test, one keep-alive connection; the server runs with --dev, which takes any signature.
#pragma once

#include <string>

namespace tocsin::bench {

struct Answer {
  int status = 0;
  std::string body;
};

class ApiClient {
 public:
  explicit ApiClient(int port);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;

  /// JSON services: "AWSEvents.PutEvents", "AmazonSQS.SendMessage".
  Answer json(const std::string& service, const std::string& target, const std::string& body);
  /// Query services: a form's body.
  Answer query(const std::string& service, const std::string& form);
  Answer get(const std::string& path);

 private:
  Answer exchange(const std::string& request);
  std::string authorization(const std::string& service) const;
  const int port_;
  int socket_ = -1;
  std::string received_;
};

}  // namespace tocsin::bench
