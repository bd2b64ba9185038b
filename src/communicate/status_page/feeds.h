// RSS 2.0 and Atom (RFC 4287) of the newest incidents, each entry with all its posts, and of planned maintenance. Pure.
#pragma once

#include <string>

#include "communicate/status_page/status_view.h"

namespace tocsin::status_page {

std::string rss_feed(const StatusView& view);
std::string atom_feed(const StatusView& view);

}  // namespace tocsin::status_page
