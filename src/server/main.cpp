// `tocsin`: binds the commands to this machine.
#include <malloc.h>

#include <iostream>
#include <optional>

#include "server/commands/command_line.h"
#include "server/node/node.h"
#include "server/node/outside.h"
#include "server/node/past_store.h"

extern char** environ;

int main(int argc, char** argv) {
  using namespace tocsin;
  // what one large body took goes back to the system at once; glibc's moving threshold would keep it
  mallopt(M_MMAP_THRESHOLD, 512 * 1024);
  // documents are many small blocks that come and go together; swept into one another each time, glibc's fast lists cost a tenth of a request
  mallopt(M_MXFAST, 0);
  const SystemClock clock;
  std::optional<server::Machine> machine;  // outlives the node that runs on it
  const server::CommandParts parts{
      .open_node =
          [&](const server::ServerConfig& config) {
            machine.emplace(config);
            return server::Node::open(config, machine->outside());
          },
      .make_first_credentials =
          [&](const server::ServerConfig& config) {
            machine.emplace(config);
            return server::make_first_credentials(config, machine->outside());
          },
      .open_past_store =
          [&](const server::ServerConfig& config) {
            machine.emplace(config);
            return server::open_past_store(config, machine->outside());
          },
  };
  return server::run_command_line(argc, argv, environ, clock, parts, {std::cout, std::cerr});
}
