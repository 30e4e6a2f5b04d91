// The program: one command from its words to its exit status. Only this layer prints and exits.
#pragma once

namespace rdsteady::cli {

int Main(int argc, char** argv);

}  // namespace rdsteady::cli
