// A document's text to a Document and back: JSON or YAML (1.2 core schema: true/false, null, decimal numbers; a quoted scalar is text).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"

namespace tocsin::remediate {

enum class DocumentFormat { json, yaml, text };
std::string_view to_text(DocumentFormat format);
std::optional<DocumentFormat> parse_document_format(std::string_view text);

/// Bounded: at most 64 levels and 20,000 nodes, aliases counted each time they are used. `invalid` (InvalidDocumentContent) says where.
Result<Document> parse_document_text(std::string_view text, DocumentFormat format);
std::string print_document_text(const Document& content, DocumentFormat format);

}  // namespace tocsin::remediate
