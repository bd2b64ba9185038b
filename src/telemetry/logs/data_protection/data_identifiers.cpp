#include "telemetry/logs/data_protection/data_identifiers.h"

#include <algorithm>
#include <array>
#include <string>

namespace tocsin::telemetry {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// https://en.wikipedia.org/wiki/Luhn_algorithm
bool luhn_holds(std::string_view text) {
  int sum = 0, digits = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    if (!is_digit(text[i])) continue;
    const int digit = text[i] - '0', doubled = digit * 2;
    sum += digits++ % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return digits >= 13 && sum % 10 == 0;
}

/// ISO 13616: the rearranged number modulo 97 is 1.
bool iban_holds(std::string_view text) {
  std::string compact;
  for (const char c : text)
    if (c != ' ') compact += c;
  int remainder = 0;
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[(i + 4) % compact.size()];
    const int value = is_digit(c) ? c - '0' : (c | 32) - 'a' + 10;
    remainder = (value > 9 ? remainder * 100 + value : remainder * 10 + value) % 97;
  }
  return remainder == 1;
}

constexpr std::array identifiers = {
    DataIdentifier{"EmailAddress", R"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"},
    DataIdentifier{
        "IpAddress",
        R"(\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b|\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b|\b(?:[0-9A-Fa-f]{1,4}:){1,6}:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*\b)"},
    DataIdentifier{"CreditCardNumber", R"(\b\d(?:[ -]?\d){12,18}\b)", luhn_holds},
    DataIdentifier{"CreditCardExpiration",
                   R"((?i)(?:exp(?:ir(?:y|es|ation))?|valid)[^0-9\n]{0,30}?((?:0[1-9]|1[0-2])\s?[/-]\s?(?:20)?\d\d)\b)"},
    DataIdentifier{"CreditCardSecurityCode", R"((?i)(?:cvv2?|cvc2?|cid|card verification|security code)[^0-9\n]{0,30}?(\d{3,4})\b)"},
    DataIdentifier{"AwsSecretKey", R"((?:^|[^A-Za-z0-9/+])([A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+=]))"},
    DataIdentifier{"OpenSshPrivateKey", R"((?s)-----BEGIN OPENSSH PRIVATE KEY-----.*?(?:-----END OPENSSH PRIVATE KEY-----|$))"},
    DataIdentifier{"PgpPrivateKey", R"((?s)-----BEGIN PGP PRIVATE KEY BLOCK-----.*?(?:-----END PGP PRIVATE KEY BLOCK-----|$))"},
    DataIdentifier{
        "PkcsPrivateKey",
        R"((?s)-----BEGIN (?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY-----.*?(?:-----END (?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY-----|$))"},
    DataIdentifier{"PuttyPrivateKey", R"((?s)PuTTY-User-Key-File-\d:.*?(?:Private-MAC: [0-9a-f]+|$))"},
    DataIdentifier{"Ssn-US", R"(\b\d{3}-\d{2}-\d{4}\b|(?i:ssn|social security)[^0-9\n]{0,30}?\b(?:\d{9}|\d{3} \d{2} \d{4})\b)"},
    DataIdentifier{"PhoneNumber-US", R"((?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b|\+1\d{10}\b)"},
    DataIdentifier{"PhoneNumber-GB", R"(\+44[ -]?(?:\(0\))?\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4}\b)"},
    DataIdentifier{"PhoneNumber-DE", R"(\+49[ -]?(?:\(0\))?\d{2,5}[ /-]?\d{3,9}(?:[ -]?\d{1,5})?\b)"},
    DataIdentifier{"PhoneNumber-FR", R"(\+33[ .-]?(?:\(0\))?[1-9](?:[ .-]?\d\d){4}\b)"},
    DataIdentifier{"PhoneNumber-ES", R"(\+34[ .-]?[6-9]\d{2}(?:[ .-]?\d{3}){2}\b)"},
    DataIdentifier{"PhoneNumber-IT", R"(\+39[ .-]?\d{2,4}[ .-]?\d{5,8}\b)"},
    DataIdentifier{"PhoneNumber-BR", R"(\+55[ .-]?\(?\d\d\)?[ .-]?9?\d{4}[ .-]?\d{4}\b)"},
    DataIdentifier{"BankAccountNumber-DE", R"(\bDE\d\d(?: ?\d{4}){4} ?\d\d\b)", iban_holds},
    DataIdentifier{"BankAccountNumber-ES", R"(\bES\d\d(?: ?\d{4}){5}\b)", iban_holds},
    DataIdentifier{"BankAccountNumber-FR", R"(\bFR\d\d(?: ?[A-Z0-9]{4}){5} ?[A-Z0-9]{3}\b)", iban_holds},
    DataIdentifier{"BankAccountNumber-GB", R"(\bGB\d\d ?[A-Z]{4}(?: ?\d{4}){3} ?\d\d\b)", iban_holds},
    DataIdentifier{"BankAccountNumber-IT", R"(\bIT\d\d ?[A-Z]\d{3}(?: ?[A-Z0-9]{4}){5} ?[A-Z0-9]{3}\b)", iban_holds},
    DataIdentifier{"LatLong", R"((?:^|[^0-9.-])(-?(?:[1-8]?\d|90)\.\d{4,}\s?,\s?-?(?:1[0-7]\d|180|\d?\d)\.\d{4,}))"},
    DataIdentifier{"VehicleIdentificationNumber", R"((?i:vin|vehicle identification)[^\n]{0,30}?\b([A-HJ-NPR-Z0-9]{17})\b)"},
};

}  // namespace

const DataIdentifier* managed_identifier(std::string_view name) {
  const auto found = std::find_if(identifiers.begin(), identifiers.end(), [&](const DataIdentifier& each) { return each.name == name; });
  return found == identifiers.end() ? nullptr : &*found;
}

}  // namespace tocsin::telemetry
