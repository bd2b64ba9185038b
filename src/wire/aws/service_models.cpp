#include "wire/aws/service_models.h"

#include <zlib.h>

#include <boost/json.hpp>
#include <cstring>
#include <mutex>

#include "base/document.h"
#include "base/log.h"

extern "C" {
extern const char tocsin_service_models_begin[];
extern const char tocsin_service_models_end[];
}

namespace tocsin::wire {

struct ServiceModels::Entry {
  std::size_t offset = 0, size = 0, raw_size = 0;
  std::once_flag once;
  std::unique_ptr<ServiceModel> model;
};

namespace {
std::string inflate(std::string_view packed, std::size_t raw_size) {
  std::string raw(raw_size, '\0');
  uLongf length = raw_size;
  const int status =
      uncompress(reinterpret_cast<Bytef*>(raw.data()), &length, reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  raw.resize(status == Z_OK ? length : 0);
  return raw;
}

std::vector<std::string> texts(const Document& document, std::string_view key) {
  std::vector<std::string> out;
  for (const Document& text : array_at(document, key)) out.emplace_back(text.as_string());
  return out;
}

ServiceSummary summary_of(const Document& entry) {
  return {.name = text_or(entry, "name"),
          .api_version = text_or(entry, "version"),
          .service_id = text_or(entry, "service_id"),
          .signing_name = text_or(entry, "signing_name"),
          .target_prefix = text_or(entry, "target_prefix"),
          .protocols = texts(entry, "protocols"),
          .actions = texts(entry, "actions")};
}
}  // namespace

ServiceModels::ServiceModels()
    : ServiceModels({tocsin_service_models_begin, static_cast<std::size_t>(tocsin_service_models_end - tocsin_service_models_begin)}) {}

ServiceModels::ServiceModels(std::string_view archive) {
  std::uint32_t index_size = 0;
  if (archive.size() < sizeof index_size) return;
  std::memcpy(&index_size, archive.data(), sizeof index_size);
  if (archive.size() < sizeof index_size + index_size) return;
  const auto index = parse_json(archive.substr(sizeof index_size, index_size));
  if (!index || !index->is_array()) return;
  blobs_ = archive.substr(sizeof index_size + index_size);
  for (const Document& entry : index->as_array()) {
    summaries_.push_back(summary_of(entry));
    Entry& made = *entries_.emplace_back(std::make_unique<Entry>());
    made.offset = static_cast<std::size_t>(integer_or(entry, "offset", 0));
    made.size = static_cast<std::size_t>(integer_or(entry, "size", 0));
    made.raw_size = static_cast<std::size_t>(integer_or(entry, "raw_size", 0));
  }
}

ServiceModels::~ServiceModels() = default;

const ServiceModel* ServiceModels::find(std::string_view name) const {
  for (std::size_t i = 0; i < summaries_.size(); ++i) {
    if (summaries_[i].name != name) continue;
    Entry& entry = *entries_[i];
    std::call_once(entry.once, [&] {
      auto model = parse_service_model(name, inflate(blobs_.substr(entry.offset, entry.size), entry.raw_size));
      if (model)
        entry.model = std::move(*model);
      else
        log::error("wire/aws", "an embedded service model cannot be read",
                   {{"service", std::string(name)}, {"error", model.error().message}});
    });
    return entry.model.get();
  }
  return nullptr;
}

}  // namespace tocsin::wire
