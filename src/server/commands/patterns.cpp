#include "server/commands/patterns.h"

#include <fmt/format.h>

#include <fstream>
#include <unordered_map>
#include <vector>

#include "telemetry/log_patterns/template_miner.h"

namespace tocsin::server {
namespace {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

ExitCode run_patterns(const std::filesystem::path& input, const std::filesystem::path& output, Console console) {
  std::ifstream in(input, std::ios::binary);
  if (!in) {
    console.err << "tocsin: " << input.string() << " cannot be read\n";
    return ExitCode::not_found;
  }
  telemetry::TemplateMiner miner;
  std::vector<telemetry::ShapeId> shapes;
  std::string line;
  while (std::getline(in, line)) shapes.push_back(miner.add(line));
  in.clear();
  in.seekg(0);
  std::ofstream out(output, std::ios::binary | std::ios::trunc);
  std::unordered_map<telemetry::TemplateId, std::string> tails;
  for (const telemetry::ShapeId shape : shapes) {
    if (!std::getline(in, line)) break;
    const telemetry::TemplateId id = miner.template_of(shape);
    std::string& tail = tails[id];
    if (tail.empty()) tail = fmt::format(",{:016x},{}\n", id, csv_field(telemetry::with_wildcards(miner.text_of(shape))));
    out << csv_field(line) << tail;
  }
  out.close();
  if (!out) {
    console.err << "tocsin: " << output.string() << " cannot be written\n";
    return ExitCode::failed;
  }
  console.out << shapes.size() << " lines, " << tails.size() << " templates\n";
  return ExitCode::done;
}

}  // namespace tocsin::server
