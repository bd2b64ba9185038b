#include "api/ssm/document_operations.h"

#include <boost/json.hpp>
#include <memory>

namespace tocsin::api::ssm {
namespace {

using namespace remediate;

struct Room {
  DocumentStore& store;
  ResourceTags& tags;
  ListTokens pages;
};

void set_if(Object& shape, std::string_view key, const std::string& text) {
  if (!text.empty()) shape[key] = text;
}

Array parameters_of(const StoredDocument& document) {
  Array parameters;
  for (const ParameterDefinition& definition : document.content.parameters) {
    const bool is_list = definition.kind == ParameterKind::string_list;
    Object shape{{"Name", definition.name}, {"Type", is_list ? "StringList" : "String"}};
    set_if(shape, "Description", definition.description);
    if (definition.default_value) shape["DefaultValue"] = to_plain_text(*definition.default_value);
    parameters.emplace_back(std::move(shape));
  }
  return parameters;
}

/// The members that DocumentDescription and DocumentIdentifier have in common.
Object to_identifier(Room& room, const Scope& scope, const StoredDocument& document) {
  Object shape{{"Name", document.name},
               {"CreatedDate", to_ns(document.created_at)},
               {"Owner", document.owner},
               {"PlatformTypes", to_array(document.content.platform_types)},
               {"DocumentVersion", std::to_string(document.version)},
               {"DocumentType", document.type},
               {"DocumentFormat", to_text(document.format)},
               {"Tags", to_array(room.tags.list(scope, {"Document", document.name}))}};
  set_if(shape, "SchemaVersion", document.content.schema_version);
  set_if(shape, "VersionName", document.version_name);
  set_if(shape, "DisplayName", document.display_name);
  set_if(shape, "TargetType", document.target_type);
  return shape;
}

Object to_description(Room& room, const Scope& scope, const StoredDocument& document) {
  Object shape = to_identifier(room, scope, document);
  shape["Hash"] = document.hash;
  shape["HashType"] = "Sha256";
  shape["Status"] = "Active";
  shape["LatestVersion"] = std::to_string(document.latest_version);
  shape["DefaultVersion"] = std::to_string(document.default_version);
  shape["Parameters"] = parameters_of(document);
  set_if(shape, "Description", document.content.description);
  return shape;
}

NewDocument request_of(const Document& input) {
  return {.name = text_or(input, "Name"),
          .type = text_or(input, "DocumentType", "Command"),
          .text = text_or(input, "Content"),
          .format = parse_document_format(text_or(input, "DocumentFormat", "JSON")).value_or(DocumentFormat::json),
          .version_name = text_or(input, "VersionName"),
          .display_name = text_or(input, "DisplayName"),
          .target_type = text_or(input, "TargetType"),
          .tags = tags_at(input, "Tags")};
}

std::optional<ServiceError> not_offered(const Document& input) {
  for (const char* member : {"Attachments", "Requires"})
    if (!array_at(input, member).empty())
      return ServiceError{"ValidationException", std::string(member) + " of documents are not offered by this server."};
  return std::nullopt;
}

VersionChoice choice_of(const Document& input) { return {text_or(input, "DocumentVersion"), text_or(input, "VersionName")}; }

Reply create_document(Room& room, const Call& call) {
  if (auto error = not_offered(call.input)) return std::unexpected(std::move(*error));
  const auto created = room.store.create(call.scope, request_of(call.input));
  if (!created) return to_service_error(created.error());
  Object description = to_description(room, call.scope, *created);
  description["Status"] = "Creating";
  return Object{{"DocumentDescription", std::move(description)}};
}

Reply update_document(Room& room, const Call& call) {
  if (auto error = not_offered(call.input)) return std::unexpected(std::move(*error));
  const auto updated = room.store.update(call.scope, request_of(call.input), text_or(call.input, "DocumentVersion"));
  if (!updated) return to_service_error(updated.error());
  Object description = to_description(room, call.scope, *updated);
  description["Status"] = "Updating";
  return Object{{"DocumentDescription", std::move(description)}};
}

Reply update_default_version(Room& room, const Call& call) {
  const auto updated = room.store.set_default(call.scope, text_or(call.input, "Name"),
                                              std::stoll(text_or(call.input, "DocumentVersion", "0").substr(0, 18)));
  if (!updated) return to_service_error(updated.error());
  Object description{{"Name", updated->name}, {"DefaultVersion", std::to_string(updated->default_version)}};
  set_if(description, "DefaultVersionName", updated->version_name);
  return Object{{"Description", std::move(description)}};
}

Reply describe_document(Room& room, const Call& call) {
  const auto document = room.store.get(call.scope, text_or(call.input, "Name"), choice_of(call.input));
  if (!document) return to_service_error(document.error());
  return Object{{"Document", to_description(room, call.scope, *document)}};
}

Reply get_document(Room& room, const Call& call) {
  const auto document = room.store.get(call.scope, text_or(call.input, "Name"), choice_of(call.input));
  if (!document) return to_service_error(document.error());
  const auto format = parse_document_format(text_or(call.input, "DocumentFormat", to_text(document->format))).value_or(document->format);
  Object shape{{"Name", document->name},
               {"CreatedDate", to_ns(document->created_at)},
               {"DocumentVersion", std::to_string(document->version)},
               {"Status", "Active"},
               {"Content", format == document->format ? document->text : print_document_text(document->content.content, format)},
               {"DocumentType", document->type},
               {"DocumentFormat", to_text(format)},
               {"AttachmentsContent", Array{}}};
  set_if(shape, "VersionName", document->version_name);
  set_if(shape, "DisplayName", document->display_name);
  return shape;
}

std::vector<DocumentFilter> filters_at(const Document& input) {
  std::vector<DocumentFilter> filters;
  for (const Document& filter : array_at(input, "Filters")) filters.push_back({text_or(filter, "Key"), texts_at(filter, "Values")});
  for (const Document& filter : array_at(input, "DocumentFilterList"))
    filters.push_back({text_or(filter, "key"), {text_or(filter, "value")}});
  return filters;
}

Reply list_documents(Room& room, const Call& call) {
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  auto found = room.store.list(call.scope, filters_at(call.input), *start, count + 1);
  if (!found) return to_service_error(found.error());
  Object reply;
  if (found->size() > count) {
    found->resize(count);
    reply["NextToken"] = room.pages.seal(call, found->back().name);
  }
  Array identifiers;
  for (const auto& document : *found) identifiers.emplace_back(to_identifier(room, call.scope, document));
  reply["DocumentIdentifiers"] = std::move(identifiers);
  return reply;
}

Reply list_document_versions(Room& room, const Call& call) {
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  auto found = room.store.versions(call.scope, text_or(call.input, "Name"), start->empty() ? 0 : std::stoll(*start), count + 1);
  if (!found) return to_service_error(found.error());
  Object reply;
  if (found->size() > count) {
    found->resize(count);
    reply["NextToken"] = room.pages.seal(call, std::to_string(found->back().version));
  }
  Array versions;
  for (const auto& document : *found) {
    Object shape{{"Name", document.name},
                 {"DocumentVersion", std::to_string(document.version)},
                 {"CreatedDate", to_ns(document.created_at)},
                 {"IsDefaultVersion", document.version == document.default_version},
                 {"DocumentFormat", to_text(document.format)},
                 {"Status", "Active"}};
    set_if(shape, "VersionName", document.version_name);
    set_if(shape, "DisplayName", document.display_name);
    versions.emplace_back(std::move(shape));
  }
  reply["DocumentVersions"] = std::move(versions);
  return reply;
}

Reply delete_document(Room& room, const Call& call) {
  const auto removed = room.store.remove(call.scope, text_or(call.input, "Name"), choice_of(call.input));
  if (!removed) return to_service_error(removed.error());
  return Object{};
}

}  // namespace

std::vector<Operation> document_operations(DocumentStore& store, ResourceTags& tags, ListTokens pages) {
  const auto room = std::make_shared<Room>(Room{store, tags, std::move(pages)});
  const auto bind = [room](Reply (*handle)(Room&, const Call&)) -> Handle {
    return [room, handle](const Call& call) { return handle(*room, call); };
  };
  return {{"CreateDocument", bind(create_document)},
          {"UpdateDocument", bind(update_document)},
          {"UpdateDocumentDefaultVersion", bind(update_default_version)},
          {"DescribeDocument", bind(describe_document)},
          {"GetDocument", bind(get_document)},
          {"ListDocuments", bind(list_documents)},
          {"ListDocumentVersions", bind(list_document_versions)},
          {"DeleteDocument", bind(delete_document)}};
}

}  // namespace tocsin::api::ssm
