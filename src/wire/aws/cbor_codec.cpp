// Smithy RPC v2 CBOR. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
#include <boost/json.hpp>
#include <cmath>

#include "base/clock.h"
#include "base/encoding.h"
#include "wire/aws/cbor_items.h"
#include "wire/aws/codec.h"
#include "wire/aws/packed_lists.h"
#include "wire/aws/scalars.h"
#include "wire/aws/shared_errors.h"

namespace tocsin::wire {
namespace {

using Kind = CborItem::Kind;
constexpr int depth_max = 100;
constexpr std::uint64_t tag_epoch_seconds = 1;

std::unexpected<WireError> broken(std::string message) { return wire_fail("SerializationException", std::move(message)); }
std::unexpected<WireError> not_cbor() { return broken("The request body is not valid CBOR"); }

class Reader {
 public:
  explicit Reader(std::string_view body) : items_(body) {}

  Parsed<Document> body(const Shape& shape) {
    const auto first = items_.next();
    if (!first) return not_cbor();
    if (first->kind != Kind::map) return broken("Expected a map as the request body");
    Parsed<Document> input = structure(*first, shape, 0);
    if (input && !items_.at_end()) return broken("The request body goes on after its map");
    return input;
  }

 private:
  /// One element of an array or map, or its end. `left` counts down a definite one.
  enum class More { element, none, broken };
  More more(const CborItem& holder, std::uint64_t& done, CborItem& element) {
    if (holder.count && done == *holder.count) return More::none;
    const auto read = items_.next();
    if (!read) return More::broken;
    if (read->kind == Kind::end) return holder.count ? More::broken : More::none;
    ++done;
    element = *read;
    return More::element;
  }

  Parsed<std::string> string_of(const CborItem& item) {
    if (item.kind == Kind::text) return std::string(item.bytes);
    if (item.kind != Kind::text_chunks) return broken("Expected a text string as a key");
    auto joined = items_.join_chunks(item.kind);
    if (!joined) return not_cbor();
    return std::move(*joined);
  }

  Parsed<Document> structure(const CborItem& holder, const Shape& shape, int depth) {
    if (holder.kind != Kind::map) return mismatch("map");
    Object out;
    Parsed<bool> walked = pairs(holder, [&](std::string key, const CborItem& value) -> std::optional<WireError> {
      const Member* member = shape.member(key);
      if (!member || value.kind == Kind::null) {
        if (!items_.skip(value, depth)) return not_cbor().error();
        return std::nullopt;
      }
      Parsed<Document> read = any(value, *member, depth + 1);
      if (!read) return read.error();
      out.insert_or_assign(member->name, std::move(*read));
      return std::nullopt;
    });
    if (!walked) return std::unexpected(walked.error());
    return Document(std::move(out));
  }

  template <typename Take>
  Parsed<bool> pairs(const CborItem& holder, Take&& take) {
    CborItem key;
    for (std::uint64_t done = 0;;) {
      const More state = more(holder, done, key);
      if (state == More::none) return true;
      if (state == More::broken) return not_cbor();
      Parsed<std::string> name = string_of(key);
      if (!name) return std::unexpected(name.error());
      if (!is_utf8(*name)) return broken("A key is not UTF-8");
      const auto value = items_.next();
      if (!value || value->kind == Kind::end) return not_cbor();
      if (const std::optional<WireError> error = take(std::move(*name), *value)) return std::unexpected(*error);
    }
  }

  Parsed<Document> any(const CborItem& item, const Member& member, int depth) {
    if (depth > depth_max) return broken("The request body is nested too deeply");
    const Shape& shape = *member.shape;
    switch (shape.type) {
      case ShapeType::structure:
        return structure(item, shape, depth);
      case ShapeType::list:
        return list(item, shape, depth);
      case ShapeType::map:
        return map(item, shape, depth);
      default:
        return scalar(item, shape);
    }
  }

  Parsed<Document> list(const CborItem& holder, const Shape& shape, int depth) {
    if (holder.kind != Kind::array) return mismatch("list");
    Array out;
    CborItem element;
    for (std::uint64_t done = 0;;) {
      const More state = more(holder, done, element);
      if (state == More::none) return Document(std::move(out));
      if (state == More::broken) return not_cbor();
      Parsed<Document> read = element.kind == Kind::null ? Parsed<Document>(Document(nullptr)) : any(element, shape.element, depth + 1);
      if (!read) return read;
      out.push_back(std::move(*read));
    }
  }

  Parsed<Document> map(const CborItem& holder, const Shape& shape, int depth) {
    if (holder.kind != Kind::map) return mismatch("map");
    Object out;
    Parsed<bool> walked = pairs(holder, [&](std::string key, const CborItem& value) -> std::optional<WireError> {
      if (value.kind == Kind::null) return std::nullopt;
      Parsed<Document> read = any(value, shape.value, depth + 1);
      if (!read) return read.error();
      out.insert_or_assign(key, std::move(*read));
      return std::nullopt;
    });
    if (!walked) return std::unexpected(walked.error());
    return Document(std::move(out));
  }

  Parsed<Document> scalar(const CborItem& item, const Shape& shape) {
    switch (shape.type) {
      case ShapeType::boolean:
        if (item.kind == Kind::boolean) return Document(item.truth);
        return mismatch("boolean");
      case ShapeType::integer:
      case ShapeType::long_integer:
        return integer(item, shape);
      case ShapeType::float_single:
      case ShapeType::float_double:
        return real(item);
      case ShapeType::timestamp:
        return timestamp(item);
      case ShapeType::blob:
        return string(item, Kind::bytes, Kind::bytes_chunks, "blob");
      default:
        return string(item, Kind::text, Kind::text_chunks, "string");
    }
  }

  static Parsed<Document> integer(const CborItem& item, const Shape& shape) {
    if (item.kind == Kind::integer && fits(item.integer, shape)) return Document(item.integer);
    const bool whole = item.kind == Kind::real && std::trunc(item.real) == item.real && std::abs(item.real) < 9e15;
    if (whole && fits(static_cast<std::int64_t>(item.real), shape)) return Document(static_cast<std::int64_t>(item.real));
    return mismatch(shape.type == ShapeType::integer ? "integer" : "long");
  }

  static Parsed<Document> real(const CborItem& item) {
    if (item.kind == Kind::integer) return Document(static_cast<double>(item.integer));
    if (item.kind == Kind::real || item.kind == Kind::huge_integer) return Document(item.real);
    return mismatch("double");
  }

  /// Tag 1 with seconds. A number without the tag is read too: some clients leave it out.
  Parsed<Document> timestamp(const CborItem& item) {
    CborItem number = item;
    if (item.kind == Kind::tag) {
      const auto inner = items_.next();
      if (!inner || item.integer != static_cast<std::int64_t>(tag_epoch_seconds)) return mismatch("timestamp");
      number = *inner;
    }
    std::optional<std::int64_t> ns;
    if (number.kind == Kind::integer) ns = parse_timestamp(std::to_string(number.integer));
    if (number.kind == Kind::real) ns = ns_from_seconds(number.real);
    if (!ns) return mismatch("timestamp");
    return Document(*ns);
  }

  Parsed<Document> string(const CborItem& item, Kind whole, Kind chunks, std::string_view what) {
    std::optional<std::string> text;
    if (item.kind == whole)
      text = std::string(item.bytes);
    else if (item.kind == chunks)
      text = items_.join_chunks(chunks);
    if (!text) return mismatch(what);
    if (whole == Kind::text && !is_utf8(*text)) return broken("A text string is not UTF-8");
    return Document(boost::json::string(*text));
  }

  static std::unexpected<WireError> mismatch(std::string_view wanted) {
    return broken("Unexpected value where a " + std::string(wanted) + " was expected");
  }

  CborReader items_;
};

class Writer {
 public:
  explicit Writer(std::string& out) : items_(out) {}

  void structure(const Document& document, const Shape& shape, std::string_view error_type = {}) {
    const std::size_t extra = error_type.empty() ? 0 : 1;
    items_.map(count(document, shape) + extra);
    if (extra) {
      items_.text("__type");
      items_.text(error_type);
    }
    for (const Member& member : shape.members) {
      const Document* value = find(document, member.name);
      if (!value || value->is_null()) continue;
      items_.text(member.name);
      any(*value, &member);
    }
  }

  /// A document that no shape describes.
  void plain(const Document& value) { any(value, nullptr); }

 private:
  static std::size_t count(const Document& document, const Shape& shape) {
    std::size_t present = 0;
    for (const Member& member : shape.members) {
      const Document* value = find(document, member.name);
      present += value && !value->is_null();
    }
    return present;
  }

  void any(const Document& value, const Member* member) {
    const Shape* shape = member ? member->shape : nullptr;
    if (value.is_object()) return shape && shape->type == ShapeType::structure ? structure(value, *shape) : map(value.get_object(), shape);
    if (value.is_array()) return list(value.get_array(), shape);
    if (shape && is_packed(value, *shape)) {
      const PackedNumbers numbers{std::string_view(value.get_string())};
      return shape->element.shape->type == ShapeType::timestamp ? items_.moments(numbers) : items_.reals(numbers);
    }
    scalar(value, shape ? shape->type : ShapeType::string);
  }

  void map(const Object& values, const Shape* shape) {
    items_.map(values.size());
    for (const auto& [key, value] : values) {
      items_.text(std::string_view(key));
      any(value, shape && shape->type == ShapeType::map ? &shape->value : nullptr);
    }
  }

  void list(const Array& values, const Shape* shape) {
    items_.array(values.size());
    for (const Document& value : values) any(value, shape && shape->type == ShapeType::list ? &shape->element : nullptr);
  }

  void scalar(const Document& value, ShapeType type) {
    if (value.is_string())
      return type == ShapeType::blob ? items_.bytes(std::string_view(value.get_string()))
                                     : items_.text(std::string_view(value.get_string()));
    if (value.is_bool()) return items_.truth(value.get_bool());
    if (value.is_double()) return items_.real(value.get_double());
    if (value.is_null()) return items_.null();
    const std::int64_t number = value.to_number<std::int64_t>();
    if (type == ShapeType::timestamp) return items_.moment(number);
    if (type == ShapeType::float_double || type == ShapeType::float_single) return items_.real(static_cast<double>(number));
    items_.integer(number);
  }

  CborWriter items_;
};

HttpResponse response_of(int status, std::string_view request_id) {
  HttpResponse response{.status = status};
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("smithy-protocol", "rpc-v2-cbor");
  return response;
}

class CborCodec final : public Codec {
 public:
  Parsed<Document> parse(const Route& route, const HttpRequest& request) const override {
    if (!route.operation->input || request.body.empty()) return Document(Object{});
    return Reader(request.body).body(*route.operation->input);
  }

  HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const override {
    HttpResponse response = response_of(200, request_id);
    if (!route.operation->output) return response;
    response.headers.add("Content-Type", "application/cbor");
    Writer(response.body).structure(output, *route.operation->output);
    return response;
  }

  HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const override {
    const ShownError shown = show(error, context.service, context.protocol);
    HttpResponse response = response_of(shown.status, request_id);
    response.headers.add("Content-Type", "application/cbor");
    const std::string type = shown.shape && context.service ? "com.amazonaws." + context.service->name + "#" + shown.code : shown.code;
    Object members = error_members(error, shown.shape);
    if (shown.shape && shown.shape->member(message_member(shown.shape))) {
      Writer(response.body).structure(members, *shown.shape, type);
    } else {
      members["__type"] = type;
      Writer(response.body).plain(members);
    }
    add_query_error(response, context, shown.query_code, shown.is_fault);
    return response;
  }
};

}  // namespace

const Codec& cbor_codec() {
  static const CborCodec codec;
  return codec;
}

}  // namespace tocsin::wire
