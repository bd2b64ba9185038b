#include <algorithm>
#include <array>

#include "telemetry/logs/transformers/grok.h"

namespace tocsin::telemetry::transformers {
namespace {

constexpr std::array patterns = {
    GrokPattern{"USERNAME", R"([a-zA-Z0-9._-]+)", 20},
    GrokPattern{"USER", R"([a-zA-Z0-9._-]+)", 20},
    GrokPattern{"INT", R"([+-]?[0-9]+)", 20},
    GrokPattern{"BASE10NUM", R"([+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))", 20},
    GrokPattern{"NUMBER", R"([+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))", 20},
    GrokPattern{"BASE16NUM", R"([+-]?(?:0x)?[0-9A-Fa-f]+)", 20},
    GrokPattern{"POSINT", R"([1-9][0-9]*)", 20},
    GrokPattern{"NONNEGINT", R"([0-9]+)", 20},
    GrokPattern{"WORD", R"(\b\w+\b)", 20},
    GrokPattern{"NOTSPACE", R"(\S+)", 5},
    GrokPattern{"SPACE", R"(\s*)", 5},
    GrokPattern{"DATA", R"(.*?)", 5},
    GrokPattern{"GREEDYDATA", R"(.*)", 5},
    GrokPattern{"GREEDYDATA_MULTILINE", R"((?s:.*))", 1},
    GrokPattern{"QUOTEDSTRING", R"((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))", 20},
    GrokPattern{"UUID", R"([A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12})", 20},
    GrokPattern{"URN", R"(urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:(?:%[0-9a-fA-F]{2}|[0-9A-Za-z()+,.:=@;$_!*'/?#-])+)", 20},
    GrokPattern{"ARN", R"(arn:(?:aws|aws-cn|aws-us-gov):[a-zA-Z0-9-]+:[a-z0-9-]+:[0-9]{12}:[^\s/]+(?:/[^\s/]+){0,4})", 5},
    GrokPattern{"CISCOMAC", R"((?:[A-Fa-f0-9]{4}\.){2}[A-Fa-f0-9]{4})", 20},
    GrokPattern{"WINDOWSMAC", R"((?:[A-Fa-f0-9]{2}-){5}[A-Fa-f0-9]{2})", 20},
    GrokPattern{"COMMONMAC", R"((?:[A-Fa-f0-9]{2}:){5}[A-Fa-f0-9]{2})", 20},
    GrokPattern{"MAC", R"((?:%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}))", 20},
    GrokPattern{"IPV6", R"((?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|%{IPV4})?)(?:%\w+)?)",
                5},
    GrokPattern{"IPV4", R"((?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))", 20},
    GrokPattern{"IP", R"((?:%{IPV4}|%{IPV6}))", 5},
    GrokPattern{"HOSTNAME", R"(\b[0-9A-Za-z][0-9A-Za-z-]{0,62}(?:\.[0-9A-Za-z][0-9A-Za-z-]{0,62})*\.?)", 5},
    GrokPattern{"HOST", R"(%{HOSTNAME})", 5},
    GrokPattern{"IPORHOST", R"((?:%{IP}|%{HOSTNAME}))", 5},
    GrokPattern{"HOSTPORT", R"(%{IPORHOST}:%{POSINT:PORT})", 5},
    GrokPattern{"URIHOST", R"(%{IPORHOST}(?::%{POSINT:port})?)", 5},
    GrokPattern{"UNIXPATH", R"((?:/[\w_%!$@:.,+~?=&-]*)+)", 20},
    GrokPattern{"WINPATH", R"((?:[A-Za-z]+:|\\)(?:\\[^\\?*]*)+)", 5},
    GrokPattern{"PATH", R"((?:%{UNIXPATH}|%{WINPATH}))", 5},
    GrokPattern{"TTY", R"(/dev/(?:pts|tty(?:[pq])?)(?:\w+)?/?[0-9]*)", 20},
    GrokPattern{"URIPROTO", R"([A-Za-z]+(?:\+[A-Za-z+]+)?)", 20},
    GrokPattern{"URIPATH", R"((?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_-]*)+)", 20},
    GrokPattern{"URIPARAM", R"(\?[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\[\]<>-]*)", 5},
    GrokPattern{"URIPATHPARAM", R"(%{URIPATH}(?:%{URIPARAM})?)", 5},
    GrokPattern{"URI", R"(%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{IPORHOST}(?::[1-9][0-9]*)?)?(?:%{URIPATHPARAM})?)", 5},
    GrokPattern{
        "MONTH",
        R"(\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b)",
        20},
    GrokPattern{"MONTHNUM", R"((?:0?[1-9]|1[0-2]))", 20},
    GrokPattern{"MONTHNUM2", R"((?:0[1-9]|1[0-2]))", 20},
    GrokPattern{"MONTHDAY", R"((?:3[01]|[12][0-9]|0?[1-9]))", 20},
    GrokPattern{"YEAR", R"((?:[0-9]{4}|[0-9]{2}))", 20},
    GrokPattern{"DAY", R"((?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?))", 20},
    GrokPattern{"HOUR", R"((?:2[0-3]|[01]?[0-9]))", 20},
    GrokPattern{"MINUTE", R"([0-5][0-9])", 20},
    GrokPattern{"SECOND", R"((?:60|[0-5]?[0-9])(?:[:.,][0-9]+)?)", 20},
    GrokPattern{"TIME", R"(%{HOUR}:%{MINUTE}:%{SECOND})", 20},
    GrokPattern{"DATE_US", R"(%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR})", 20},
    GrokPattern{"DATE_EU", R"(%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR})", 20},
    GrokPattern{"ISO8601_TIMEZONE", R"((?:Z|[+-]%{HOUR}(?::?%{MINUTE})))", 20},
    GrokPattern{"ISO8601_SECOND", R"((?:60|[0-5]?[0-9])(?:[:.,][0-9]+)?)", 20},
    GrokPattern{"TIMESTAMP_ISO8601", R"(%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?(?:%{ISO8601_TIMEZONE})?)",
                20},
    GrokPattern{"DATE", R"((?:%{DATE_US}|%{DATE_EU}))", 20},
    GrokPattern{"DATESTAMP", R"(%{DATE}[- ]%{TIME})", 20},
    GrokPattern{"TZ", R"((?:PST|PDT|MST|MDT|CST|CDT|EST|EDT|UTC))", 20},
    GrokPattern{"DATESTAMP_RFC822", R"(%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ})", 20},
    GrokPattern{"DATESTAMP_RFC2822", R"(%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE})", 20},
    GrokPattern{"DATESTAMP_OTHER", R"(%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR})", 20},
    GrokPattern{"DATESTAMP_EVENTLOG", R"(%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND})", 20},
    GrokPattern{
        "LOGLEVEL",
        R"((?:[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo(?:rmation)?|INFO(?:RMATION)?|[Ww]arn(?:ing)?|WARN(?:ING)?|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|[Ee]merg(?:ency)?|EMERG(?:ENCY)?))",
        20},
    GrokPattern{"HTTPDATE", R"(%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT})", 20},
    GrokPattern{"SYSLOGTIMESTAMP", R"(%{MONTH} +%{MONTHDAY} %{TIME})", 20},
    GrokPattern{"PROG", R"([\w./%-]+)", 20},
    GrokPattern{"SYSLOGPROG", R"(%{PROG:program}(?:\[%{POSINT:pid}\])?)", 20},
    GrokPattern{"SYSLOGHOST", R"(%{IPORHOST})", 5},
    GrokPattern{"SYSLOGFACILITY", R"(<%{NONNEGINT:facility}\.%{NONNEGINT:priority}>)", 20},
    GrokPattern{
        "APACHE_ACCESS_LOG",
        R"(%{NOTSPACE:remote_host} %{NOTSPACE:ident|dash} %{NOTSPACE:auth_user|dash} \[%{HTTPDATE:timestamp|http_date}\] "%{WORD:http_method} %{NOTSPACE:request} HTTP/%{NUMBER:http_version}" %{INT:status_code|integer} (?:%{INT:response_size|integer}|-)(?: "%{DATA:referrer|dash}" "%{DATA:agent|dash}")?)",
        1},
    GrokPattern{
        "NGINX_ACCESS_LOG",
        R"(%{NOTSPACE:remote_host} %{NOTSPACE:ident|dash} %{NOTSPACE:auth_user|dash} \[%{HTTPDATE:timestamp|http_date}\] "%{WORD:http_method} %{NOTSPACE:request} HTTP/%{NUMBER:http_version}" %{INT:status_code|integer} (?:%{INT:response_size|integer}|-) "%{DATA:referrer|dash}" "%{DATA:agent|dash}")",
        1},
    GrokPattern{
        "SYSLOG5424",
        R"(<%{NONNEGINT:pri|integer}>%{NONNEGINT:version|integer} (?:%{TIMESTAMP_ISO8601:timestamp}|-) %{NOTSPACE:hostname|dash} %{NOTSPACE:app|dash} %{NOTSPACE:proc_id|dash} %{NOTSPACE:msg_id|dash} (?:\[%{DATA:structured_data}\]|-) ?%{GREEDYDATA_MULTILINE:message|dash})",
        1},
};

}  // namespace

const GrokPattern* grok_pattern(std::string_view name) {
  const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const GrokPattern& pattern) { return pattern.name == name; });
  return found == patterns.end() ? nullptr : &*found;
}

}  // namespace tocsin::telemetry::transformers
