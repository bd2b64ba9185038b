#include "server/commands/templates.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/document.h"
#include "communicate/templates/message_templates.h"

namespace tocsin::server {
namespace {

Result<templates::MessageTemplates> read(const TemplatesOptions& options) {
  templates::MessageTemplates out;
  if (!options.folder.empty())
    if (auto done = out.read_folder(options.folder); !done) return std::unexpected(done.error());
  return out;
}

ExitCode failed(const Error& error, Console console) {
  console.err << "tocsin: " << error.message << "\n";
  return error.kind == ErrorKind::not_found ? ExitCode::not_found : ExitCode::failed;
}

ExitCode unknown(const std::string& name, Console console) {
  console.err << "tocsin: there is no template '" << name << "'; 'tocsin templates list' names them\n";
  return ExitCode::not_found;
}

}  // namespace

ExitCode run_templates_list(const TemplatesOptions& options, Console console) {
  const auto all = read(options);
  if (!all) return failed(all.error(), console);
  for (const templates::Template& each : all->all()) {
    if (options.json)
      console.out << to_json(Object{{"name", each.name}, {"changed", all->is_changed(each.name)}, {"help", each.help}}) << "\n";
    else
      console.out << fmt::format("{:<20} {:<8} {}\n", each.name, all->is_changed(each.name) ? "changed" : "default", each.help);
  }
  if (!options.json) {
    console.out << "\nValues:";
    for (const auto& [name, sample] : templates::sample_values()) console.out << " {{" << name << "}}";
    console.out << "\n";
  }
  return ExitCode::done;
}

ExitCode run_templates_show(const TemplatesOptions& options, Console console) {
  const auto all = read(options);
  if (!all) return failed(all.error(), console);
  if (!all->find(options.name)) return unknown(options.name, console);
  console.out << all->text(options.name) << "\n";
  return ExitCode::done;
}

ExitCode run_templates_preview(const TemplatesOptions& options, Console console) {
  const auto all = read(options);
  if (!all) return failed(all.error(), console);
  if (!options.name.empty() && !all->find(options.name)) return unknown(options.name, console);
  for (const templates::Template& each : all->all()) {
    if (!options.name.empty() && each.name != options.name) continue;
    const std::string text = all->render(each.name, templates::sample_values());
    if (options.json)
      console.out << to_json(Object{{"name", each.name}, {"text", text}}) << "\n";
    else
      console.out << (options.name.empty() ? "--- " + each.name + "\n" : "") << text << (text.ends_with('\n') ? "" : "\n");
  }
  return ExitCode::done;
}

}  // namespace tocsin::server
