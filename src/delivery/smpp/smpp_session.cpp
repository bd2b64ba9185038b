#include "delivery/smpp/smpp_session.h"

#include <algorithm>

#include "delivery/sms/gsm_text.h"

namespace tocsin::delivery::smpp {

SmppSession::SmppSession(SessionOptions options, Instant now) : options_(std::move(options)), heard_(now) {
  ask(Command::bind_transceiver, write_bind(options_.bind), "", now);
}

void SmppSession::ask(Command command, std::string body, std::string token, Instant now) {
  sequence_ = sequence_ % 0x7fffffff + 1;
  asked_[sequence_] = {command, std::move(token), now + options_.answer_time_max};
  output_ += write_pdu({static_cast<std::uint32_t>(command), 0, sequence_, std::move(body)});
}

void SmppSession::answer(const Pdu& pdu, std::string body) {
  output_ += write_pdu({pdu.command | answer_bit, 0, pdu.sequence, std::move(body)});
}

void SmppSession::submit(std::string token, const std::string& to, std::string_view text, Instant now, const std::string& from) {
  const SmsParts split = split_sms(text, ++reference_);
  messages_[token] = {.parts_left = split.parts.size(), .ids = {}};
  for (const std::string& part : split.parts) {
    ShortMessage message{
        .source = address_of(from.empty() ? options_.from : from), .destination = address_of(to), .registered_delivery = 1};
    message.esm_class = split.parts.size() > 1 ? 0x40 : 0;
    message.data_coding = split.alphabet == SmsAlphabet::ucs2 ? 8 : 0;
    message.text = part;
    waiting_.push_back({token, write_message(message)});
  }
  pump(now);
}

void SmppSession::pump(Instant now) {
  const auto under_way = [&] {
    return std::ranges::count_if(asked_, [](const auto& each) { return each.second.command == Command::submit_sm; });
  };
  while (bound_ && !down_ && !waiting_.empty() && static_cast<std::size_t>(under_way()) < options_.window_max) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    // a part was refused meanwhile
    if (messages_.contains(next.token)) ask(Command::submit_sm, std::move(next.body), std::move(next.token), now);
  }
}

void SmppSession::feed(std::string_view bytes, Instant now) {
  heard_ = now;
  reader_.feed(bytes);
  while (!down_) {
    const auto pdu = reader_.next();
    if (!pdu) return end(pdu.error().message);
    if (!*pdu) return;
    handle(**pdu, now);
    pump(now);
  }
}

void SmppSession::handle(const Pdu& pdu, Instant now) {
  if (pdu.command & answer_bit) {
    const auto asked = asked_.extract(pdu.sequence);
    if (!asked.empty()) handle_answer(asked.mapped(), pdu, now);
    return;
  }
  if (pdu.is(Command::deliver_sm)) return handle_message(pdu);
  if (pdu.is(Command::enquire_link)) return answer(pdu);
  if (pdu.is(Command::unbind)) {
    answer(pdu);
    return end("the message centre ended the session");
  }
  output_ += write_pdu({static_cast<std::uint32_t>(Command::generic_nack), 0x03, pdu.sequence, {}});
}

void SmppSession::handle_answer(const Asked& asked, const Pdu& pdu, Instant) {
  if (asked.command == Command::submit_sm) return handle_submitted(asked, pdu);
  if (asked.command != Command::bind_transceiver) return;
  if (pdu.status != 0) return end("the message centre refused to bind: " + status_words(pdu.status));
  bound_ = true;
  happenings_.push_back({.kind = Happening::Kind::bound, .token = {}, .message_ids = {}, .words = {}, .receipt = {}, .from = {}});
}

void SmppSession::handle_submitted(const Asked& asked, const Pdu& pdu) {
  const auto message = messages_.find(asked.token);
  if (message == messages_.end()) return;
  if (pdu.status != 0) {
    const auto kind = is_passing(pdu.status) ? Happening::Kind::failed : Happening::Kind::refused;
    happenings_.push_back({.kind = kind,
                           .token = asked.token,
                           .message_ids = {},
                           .words = "the message centre answered " + status_words(pdu.status),
                           .receipt = {},
                           .from = {}});
    messages_.erase(message);
    return;
  }
  message->second.ids.push_back(read_message_id(pdu.body));
  if (--message->second.parts_left > 0) return;
  happenings_.push_back({.kind = Happening::Kind::taken,
                         .token = asked.token,
                         .message_ids = std::move(message->second.ids),
                         .words = {},
                         .receipt = {},
                         .from = {}});
  messages_.erase(message);
}

void SmppSession::handle_message(const Pdu& pdu) {
  answer(pdu, std::string(1, '\0'));
  const auto message = read_message(pdu.body);
  if (!message) return;
  if (const auto receipt = receipt_of(*message)) {
    happenings_.push_back({.kind = Happening::Kind::receipt, .token = {}, .message_ids = {}, .words = {}, .receipt = *receipt, .from = {}});
    return;
  }
  if ((message->esm_class & 0x3c) != 0) return;
  const std::string from = (message->source.type_of_number == 1 ? "+" : "") + message->source.number;
  happenings_.push_back(
      {.kind = Happening::Kind::incoming, .token = {}, .message_ids = {}, .words = text_of(*message), .receipt = {}, .from = from});
}

void SmppSession::tick(Instant now) {
  if (down_) return;
  for (const auto& [sequence, asked] : asked_)
    if (asked.until <= now) return end(bound_ ? "the message centre does not answer" : "the message centre did not answer the bind");
  const bool enquiring = std::ranges::any_of(asked_, [](const auto& each) { return each.second.command == Command::enquire_link; });
  if (bound_ && !enquiring && heard_ + options_.enquire_every <= now) ask(Command::enquire_link, {}, "", now);
}

Instant SmppSession::next_due() const {
  Instant due = heard_ + options_.enquire_every;
  for (const auto& [sequence, asked] : asked_) due = std::min(due, asked.until);
  return due;
}

void SmppSession::unbind() {
  if (bound_ && !down_) output_ += write_pdu({static_cast<std::uint32_t>(Command::unbind), 0, ++sequence_, {}});
}

void SmppSession::end(const std::string& why) {
  if (down_) return;
  down_ = true;
  bound_ = false;
  for (const auto& [token, message] : messages_)
    happenings_.push_back({.kind = Happening::Kind::failed, .token = token, .message_ids = {}, .words = why, .receipt = {}, .from = {}});
  messages_.clear();
  waiting_.clear();
  asked_.clear();
  happenings_.push_back({.kind = Happening::Kind::down, .token = {}, .message_ids = {}, .words = why, .receipt = {}, .from = {}});
}

}  // namespace tocsin::delivery::smpp
