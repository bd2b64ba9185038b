#include "server/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <deque>

#include "server/commands/backup.h"
#include "server/commands/doctor.h"
#include "server/commands/import_prometheus_rules.h"
#include "server/commands/init.h"
#include "server/commands/pattern_changes.h"
#include "server/commands/patterns.h"
#include "server/commands/replay_alarm.h"
#include "server/commands/replay_anomaly.h"
#include "server/commands/status.h"
#include "server/commands/templates.h"
#include "server/commands/version.h"
#include "server/config/config_sources.h"
#include "server/config/setting.h"

namespace tocsin::server {
namespace {

constexpr const char* examples = R"(Tocsin carries an outage through its whole life: detect, diagnose, remediate, communicate, learn.

Examples:
  tocsin serve --dev --data data                          try it: any access key, loopback only
  tocsin init --data /var/lib/tocsin --host ops.example   make keys and a certificate, once
  tocsin serve --config /etc/tocsin.yaml                  run it
  aws --endpoint-url http://127.0.0.1:4566 sts get-caller-identity
  tocsin doctor --data data                               what is wrong, and how to mend it)";

// The settings that were given behind one command.
class SettingFlags {
 public:
  SettingFlags(CLI::App& command, std::initializer_list<std::string_view> keys = {}) {
    command.add_option("--config", config_file_, "read settings from this YAML file")->type_name("FILE");
    for (const Setting& setting : server_settings())
      if (keys.size() == 0 || std::find(keys.begin(), keys.end(), setting.key) != keys.end()) add(command, setting);
  }

  /// What stands on the command line itself.
  RawSettings given() const {
    RawSettings given;
    for (const auto& [key, option] : options_)
      if (option->count() > 0) given[key] = option->results();
    return given;
  }

  Result<LoadedConfig> load(const char* const* environment) const {
    RawSettings of_environment = settings_of_environment(environment);
    std::string file = config_file_;
    // where the file is cannot stand in the file
    if (const auto named = of_environment.extract("config"); file.empty() && !named.empty()) file = named.mapped().back();
    std::vector<std::pair<std::string, RawSettings>> sources;
    if (!file.empty()) {
      auto of_file = settings_of_file(file);
      if (!of_file) return std::unexpected(of_file.error());
      sources.emplace_back(file, std::move(*of_file));
    }
    sources.emplace_back("the environment", std::move(of_environment));
    sources.emplace_back("the command line", given());
    return load_config(sources);
  }

 private:
  void add(CLI::App& command, const Setting& setting) {
    const std::string flag = "--" + std::string(setting.key), help(setting.help);
    CLI::Option* option;
    if (setting.kind == SettingKind::toggle) {
      option = command.add_flag(flag, help);
    } else {
      option = command.add_option(flag, values_.emplace_back(), help)->expected(1)->type_name(std::string(setting.placeholder));
      option->multi_option_policy(setting.kind == SettingKind::list ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
    }
    options_.emplace(setting.key, option);
  }

  std::string config_file_;
  std::deque<std::vector<std::string>> values_;
  std::map<std::string, CLI::Option*> options_;
};

void add_replay_alarm(CLI::App& command, ReplayAlarmOptions& options) {
  command.add_option("--definition", options.definition, "the alarm, as put-metric-alarm --cli-input-json takes it; - is stdin")->type_name("FILE");
  command.add_option("--name", options.name, "an alarm that the server has")->type_name("NAME");
  command.add_option("--input", options.input, "CSV: timestamp,value; without it the metrics of the data directory")->type_name("FILE");
  command.add_option("--from", options.from, "the start of the span")->type_name("TIME");
  command.add_option("--to", options.to, "its end")->type_name("TIME");
  command.add_option("--alarms-a-week", options.alarms_a_week, "how often the suggested threshold may ring (1)")->type_name("NUMBER");
  command.add_flag("--json", options.json, "print JSON, a line an item");
}

void add_import_rules(CLI::App& command, ImportRulesOptions& options) {
  command.add_option("file", options.file, "a rules file; - is stdin")->required()->type_name("FILE");
  command.add_option("--endpoint", options.endpoint, "the server; without it the one that runs on the data directory")->type_name("URL");
  command.add_flag("--dry-run", options.dry_run, "print the alarms, a line of JSON each");
  for (const auto& [flag, into] : {std::pair("--alarm-action", &options.settings.alarm_actions), std::pair("--ok-action", &options.settings.ok_actions)})
    command.add_option(flag, *into, "an action of each alarm; repeats")->expected(1)->type_name("ARN")->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_patterns(CLI::App& command, std::string& input, std::string& output, PatternChangesOptions& options) {
  CLI::Option* const from = command.add_option("--input", input, "the file whose lines are read")->type_name("FILE");
  CLI::Option* const to = command.add_option("--output", output, "the file that gets line, template id and template")->type_name("FILE");
  from->needs(to);
  to->needs(from);
  CLI::Option* const is_new = command.add_option("--new-since", options.new_since, "patterns never seen before: 15m, 2h, 1d or a time")->type_name("TIME");
  CLI::Option* const gone = command.add_option("--gone-since", options.gone_since, "patterns that come no more")->type_name("TIME");
  CLI::Option* const changed = command.add_option("--changed-since", options.changed_since, "patterns that come at another rate")->type_name("TIME");
  for (CLI::Option* option : {is_new, gone, changed})
    for (CLI::Option* other : {is_new, gone, changed, from})
      if (option != other) option->excludes(other);
  command.add_option("--group", options.group, "of this log group alone")->type_name("NAME");
  command.add_flag("--json", options.json, "print JSON, a line an item");
}

int code(ExitCode exit) { return static_cast<int>(exit); }

ExitCode run_doctor_with(const LoadedConfig& loaded, const RawSettings& command_line, bool json, const Clock& clock, Console console) {
  RawSettings weak;
  for (const auto& [key, values] : loaded.given)
    if (!command_line.contains(key)) weak[key] = values;
  const auto settings = settings_for_doctor(loaded.config, weak, command_line);
  if (settings) return run_doctor(*settings, json, clock, console);
  console.err << "tocsin doctor: " << settings.error().message << "\n";
  return ExitCode::usage;
}

}  // namespace

int run_command_line(int argc, const char* const* argv, const char* const* environment, const Clock& clock, const CommandParts& parts,
                     Console console) {
  CLI::App app(examples, "tocsin");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(tocsin_version()));
  bool json = false;
  InitOptions init_options;

  CLI::App* const serve = app.add_subcommand("serve", "run the server until SIGTERM or Ctrl-C");
  const SettingFlags serve_settings(*serve);
  CLI::App* const init = app.add_subcommand("init", "make a data directory: certificate, first access key, ingest key");
  const SettingFlags init_settings(*init, {"data", "account", "region"});
  init->add_option("--host", init_options.hosts, "a further name or address for the certificate; repeats")
      ->expected(1)
      ->type_name("HOST")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::App* const status = app.add_subcommand("status", "whether the server of a data directory is up and well");
  const SettingFlags status_settings(*status, {"data"});
  CLI::App* const doctor = app.add_subcommand("doctor", "look at everything that the server stands on, and print how to mend it");
  const SettingFlags doctor_settings(*doctor);
  CLI::App* const replay = app.add_subcommand("replay", "run what watches the present over the past");
  replay->require_subcommand(1);
  ReplayAnomalyOptions anomaly_options;
  CLI::App* const replay_anomaly = replay->add_subcommand("anomaly", "the anomaly score of each point of a series, as if live");
  replay_anomaly->add_option("--input", anomaly_options.input, "CSV: timestamp,value; - is stdin")->required()->type_name("FILE");
  replay_anomaly->add_option("--output", anomaly_options.output, "CSV: timestamp,value,anomaly_score; - is stdout")
      ->required()
      ->type_name("FILE");
  replay_anomaly->add_flag("--explain", anomaly_options.explain, "more columns: expected, lower, upper, season, reason");
  CLI::App* const patterns =
      app.add_subcommand("patterns", "which lines are new, gone or come at another rate; or the templates of a file's lines: a CSV row a line");
  std::string patterns_input, patterns_output;
  PatternChangesOptions changes_options;
  const SettingFlags patterns_settings(*patterns, {"data"});
  add_patterns(*patterns, patterns_input, patterns_output, changes_options);
  std::string backup_output, restore_from;
  CLI::App* const backup = app.add_subcommand("backup", "copy everything of a data directory, while its server runs");
  const SettingFlags backup_settings(*backup, {"data"});
  backup->add_option("--output", backup_output, "the folder that is made; it must not exist or be empty")->required()->type_name("DIR");
  CLI::App* const restore = app.add_subcommand("restore", "make a data directory of a backup");
  const SettingFlags restore_settings(*restore, {"data"});
  restore->add_option("--from", restore_from, "the folder that backup made")->required()->type_name("DIR");
  ReplayAlarmOptions alarm_options;
  CLI::App* const replay_alarm = replay->add_subcommand("alarm", "the transitions that an alarm would have made, and a threshold that would do");
  const SettingFlags replay_alarm_settings(*replay_alarm, {"data", "account", "region"});
  add_replay_alarm(*replay_alarm, alarm_options);
  CLI::App* const import = app.add_subcommand("import", "take over what another system has");
  import->require_subcommand(1);
  ImportRulesOptions import_options;
  CLI::App* const import_rules = import->add_subcommand("prometheus-rules", "alerting rules become PromQL alarms");
  const SettingFlags import_rules_settings(*import_rules, {"data", "account", "region"});
  add_import_rules(*import_rules, import_options);
  CLI::App* const version = app.add_subcommand("version", "print the version");
  TemplatesOptions template_options;
  CLI::App* const templates = app.add_subcommand("templates", "the texts of messages, and what a folder of yours makes of them");
  templates->require_subcommand(1);
  CLI::App* const templates_list = templates->add_subcommand("list", "the names of all texts and values");
  CLI::App* const templates_show = templates->add_subcommand("show", "one text as it stands: begin a change with it");
  CLI::App* const templates_preview = templates->add_subcommand("preview", "texts with sample values, as they would be sent");
  templates_show->add_option("name", template_options.name, "a template")->required()->type_name("NAME");
  templates_preview->add_option("name", template_options.name, "a template; all without one")->type_name("NAME");
  const SettingFlags list_settings(*templates_list, {"templates"}), show_settings(*templates_show, {"templates"}), preview_settings(*templates_preview, {"templates"});
  for (CLI::App* command : {templates_list, templates_preview}) command->add_flag("--json", template_options.json, "print JSON, a line an item");
  for (CLI::App* command : {init, status, doctor}) command->add_flag("--json", json, "print JSON, a line an item");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, console.out, console.err) == 0 ? code(ExitCode::done) : code(ExitCode::usage);
  }
  if (version->parsed()) {
    console.out << "tocsin " << tocsin_version() << "\n";
    return code(ExitCode::done);
  }
  if (replay_anomaly->parsed()) return code(run_replay_anomaly(anomaly_options, console));
  if (patterns->parsed() && !patterns_input.empty()) return code(run_patterns(patterns_input, patterns_output, console));
  if (patterns->parsed() && !changes_options.asked()) {
    console.err << "tocsin patterns: one of --new-since, --gone-since, --changed-since or --input is needed\n";
    return code(ExitCode::usage);
  }
  const SettingFlags& settings = serve->parsed()    ? serve_settings
                                 : init->parsed()   ? init_settings
                                 : status->parsed()       ? status_settings
                                 : replay_alarm->parsed() ? replay_alarm_settings
                                 : import_rules->parsed() ? import_rules_settings
                                 : patterns->parsed()     ? patterns_settings
                                 : backup->parsed()       ? backup_settings
                                 : restore->parsed()      ? restore_settings
                                 : templates_list->parsed() ? list_settings
                                 : templates_show->parsed() ? show_settings
                                 : templates_preview->parsed() ? preview_settings
                                                          : doctor_settings;
  const auto loaded = settings.load(environment);
  if (!loaded) {
    console.err << "tocsin: " << loaded.error().message << "\n";
    return code(loaded.error().kind == ErrorKind::not_found ? ExitCode::not_found : ExitCode::usage);
  }
  for (const std::string& warning : loaded->warnings) console.err << "tocsin: warning: " << warning << "\n";
  init_options.json = json;
  template_options.folder = loaded->config.templates;
  if (templates_list->parsed()) return code(run_templates_list(template_options, console));
  if (templates_show->parsed()) return code(run_templates_show(template_options, console));
  if (templates_preview->parsed()) return code(run_templates_preview(template_options, console));
  if (serve->parsed()) return code(run_serve(*loaded, parts.open_node, console));
  if (init->parsed()) return code(run_init(loaded->config, init_options, clock, parts.make_first_credentials, console));
  if (replay_alarm->parsed()) return code(run_replay_alarm(loaded->config, alarm_options, parts.open_past_store, clock, console));
  if (import_rules->parsed()) return code(run_import_rules(loaded->config, import_options, environment, clock, console));
  if (patterns->parsed()) return code(run_pattern_changes(loaded->config, changes_options, clock, console));
  if (backup->parsed()) return code(run_backup(loaded->config.data, backup_output, clock, console));
  if (restore->parsed()) return code(run_restore(restore_from, loaded->config.data, console));
  if (status->parsed()) return code(run_status(loaded->config, json, clock, console));
  return code(run_doctor_with(*loaded, doctor_settings.given(), json, clock, console));
}

}  // namespace tocsin::server
