// The operations of documents.
#pragma once

#include "api/call.h"
#include "api/ssm/reply.h"
#include "remediate/documents/document_store.h"

namespace tocsin::api::ssm {

std::vector<Operation> document_operations(remediate::DocumentStore& store, remediate::ResourceTags& tags, ListTokens pages);

}  // namespace tocsin::api::ssm
