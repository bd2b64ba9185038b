// An HTTP server that answers at once, to measure what the server itself costs. usage: bench_http_echo [PORT]; prints the port, runs until
// stdin ends, prints its resident memory at each line of stdin.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "wire/http/http_server.h"

namespace {

struct Echo final : tocsin::wire::HttpHandler {
  void handle(tocsin::wire::HttpRequest request, tocsin::wire::Respond respond) override {
    respond({.status = 200, .headers = {}, .body = std::move(request.body)});
  }
};

long resident_kib() {
  std::ifstream statm("/proc/self/statm");
  long total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tocsin;
  const SystemClock clock;
  Echo echo;
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  wire::HttpServer server({.listen = {{"127.0.0.1", port}}, .tls = nullptr, .limits = {}}, clock, echo);
  if (const auto started = server.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  std::printf("%d\n", server.bound()[0].port);
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::printf("%zu connections, %ld KiB resident\n", server.connection_count(), resident_kib());
    std::fflush(stdout);
  }
}
