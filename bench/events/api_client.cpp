#include "api_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace tocsin::bench {

ApiClient::ApiClient(int port) : port_(port), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to the server");
}

ApiClient::~ApiClient() { close(socket_); }

std::string ApiClient::authorization(const std::string& service) const {
  return "Authorization: AWS4-HMAC-SHA256 Credential=bench/20261124/us-east-1/" + service +
         "/aws4_request, SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\nX-Amz-Date: "
         "20261124T000000Z\r\nHost: 127.0.0.1:" +
         std::to_string(port_) + "\r\n";
}

Answer ApiClient::json(const std::string& service, const std::string& target, const std::string& body) {
  const char* version = service == "sqs" ? "1.0" : "1.1";
  return exchange("POST / HTTP/1.1\r\n" + authorization(service) + "X-Amz-Target: " + target + "\r\nContent-Type: application/x-amz-json-" +
                  version + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

Answer ApiClient::query(const std::string& service, const std::string& form) {
  return exchange("POST / HTTP/1.1\r\n" + authorization(service) +
                  "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(form.size()) + "\r\n\r\n" + form);
}

Answer ApiClient::get(const std::string& path) {
  return exchange("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n\r\n");
}

Answer ApiClient::exchange(const std::string& request) {
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t count = send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) throw std::runtime_error("the server closed the connection");
    sent += static_cast<std::size_t>(count);
  }
  std::array<char, 65536> bytes;
  while (true) {
    const std::size_t end = received_.find("\r\n\r\n");
    if (end != std::string::npos) {
      std::size_t length = 0;
      for (const char* name : {"Content-Length: ", "content-length: "})
        if (const std::size_t at = received_.find(name); at < end)
          length = std::strtoul(received_.c_str() + at + std::strlen(name), nullptr, 10);
      if (received_.size() >= end + 4 + length) {
        Answer answer{std::atoi(received_.c_str() + 9), received_.substr(end + 4, length)};
        received_.erase(0, end + 4 + length);
        return answer;
      }
    }
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) throw std::runtime_error("the server closed the connection");
    received_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace tocsin::bench
