// SendCommand, ListCommands, ListCommandInvocations, GetCommandInvocation, CancelCommand.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "remediate/commands/commands.h"
#include "remediate/documents/document_store.h"

namespace tocsin::api::ssm {

std::vector<Operation> command_operations(remediate::Commands& commands, remediate::DocumentStore& documents, hosts::HostRegistry& hosts, ListTokens pages);

}  // namespace tocsin::api::ssm
