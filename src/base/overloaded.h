// Overloaded: a visitor made of lambdas, for exhaustive std::visit over closed variants.
#pragma once

namespace rdsteady {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace rdsteady
