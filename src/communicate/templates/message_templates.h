// All texts that teams may change. Texts: console, "Messages".
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "communicate/templates/template_text.h"

namespace tocsin::templates {

struct Template {
  std::string name;  ///< "page.sms"
  std::string help;
  std::string text;  ///< the default
};

class MessageTemplates {
 public:
  /// The defaults.
  MessageTemplates();
  /// Replaces those that the folder has as NAME.txt. Errors: invalid, with file and line; not_found: no folder.
  Result<void> read_folder(const std::filesystem::path& folder);
  Result<void> replace(const std::string& name, std::string text);

  const std::vector<Template>& all() const { return templates_; }
  const Template* find(std::string_view name) const;
  bool is_changed(std::string_view name) const;
  /// As it stands, changed or not.
  const std::string& text(std::string_view name) const;
  std::string render(std::string_view name, const Values& values) const;

 private:
  std::vector<Template> templates_;
  std::map<std::string, std::string, std::less<>> changed_;
};

/// Every value that a template may name, with a sample.
const Values& sample_values();

}  // namespace tocsin::templates
