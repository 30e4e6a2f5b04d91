#include "cli/program.h"

int main(int argc, char** argv) {
  return rdsteady::cli::Main(argc, argv);
}
