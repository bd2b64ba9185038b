// How many inputs a fuzz test tries: few with every run of the tests, as many as are asked for in the long one.
#pragma once

namespace tocsin::fuzz {

/// `count`, or what TOCSIN_FUZZ_INPUTS says: `make check-long` tries millions.
int input_count(int count);

}  // namespace tocsin::fuzz
