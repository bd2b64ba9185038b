// Owning what a C library made: std::unique_ptr<BIO, Freed<BIO_free_all>>.
#pragma once

namespace tocsin {

template <auto function>
struct Freed {
  template <typename T>
  void operator()(T* owned) const {
    function(owned);
  }
};

}  // namespace tocsin
