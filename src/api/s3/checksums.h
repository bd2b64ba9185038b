// The checksums that S3's clients send with what they store. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"

namespace tocsin::api::s3 {

std::uint32_t crc32(std::string_view bytes);
std::uint32_t crc32c(std::string_view bytes);
std::uint64_t crc64nvme(std::string_view bytes);

/// The member of the input whose checksum does not fit the bytes (ContentMD5, ChecksumCRC32 …); nullopt when all do.
std::optional<std::string> wrong_checksum(const Document& input, std::string_view bytes);
/// The checksums that the input has, as members.
Object given_checksums(const Document& input);

}  // namespace tocsin::api::s3
