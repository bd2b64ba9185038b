// What makes a document's content valid: schema version by type, parameters, steps of command documents. Pure; errors say what is wrong and
// where. https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "remediate/documents/document_parameters.h"
#include "remediate/documents/document_text.h"

namespace tocsin::remediate {

struct DocumentContent {
  Document content;
  std::string schema_version;  ///< empty for types without one
  std::string description;
  std::vector<ParameterDefinition> parameters;
  std::vector<std::string> platform_types;
};

/// By document type, a check of its own that the content must pass besides (Automation: the runbook's steps).
using ContentChecks = std::map<std::string, std::function<Result<void>(const Document& content)>>;

/// `type`: Command, Automation, Session …; what is no Command, Automation or Session is only held to be well formed. Reasons:
/// InvalidDocumentContent, InvalidDocumentSchemaVersion, MaxDocumentSizeExceeded.
Result<DocumentContent> read_document_content(std::string_view text, DocumentFormat format, const std::string& type,
                                              const ContentChecks& checks);

/// InvalidDocumentContent when {{ssm:…}} stands anywhere but in a parameter's default.
Result<void> check_stored_references(const Document& content);

}  // namespace tocsin::remediate
