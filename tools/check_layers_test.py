#!/usr/bin/env python3
"""What check_layers.py objects to, and what it lets pass. Run by ctest, or: python3 tools/check_layers_test.py"""

import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_layers  # noqa: E402


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        (self.root / "src").mkdir()
        # Something to include in every layer.
        for layer in check_layers.ALLOWED:
            self.write(f"{layer}/thing.h", "#pragma once\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def faults(self):
        return [f"{name}:{line}: {message}" for name, line, message in check_layers.Checker(self.root).run()]

    def faults_of(self, name, text):
        self.write(name, text)
        return self.faults()

    @staticmethod
    def include_of(layer):
        folder = "rdsteady" if layer == check_layers.PUBLIC else layer.removeprefix("src/")
        return f'#include "{folder}/thing.h"\n'

    def test_every_pair_of_layers(self):
        # The rule once more, as a matrix: the rows include, the columns are included.
        order = ["include/rdsteady", "src/base", "src/model/api", "src/wire", "src/aws", "src/model/kinds",
                 "src/manifest", "src/plan", "src/apply", "src/api", "src/local", "src/report", "src/cli"]
        matrix = ["x............",   # include/rdsteady
                  "xx...........",   # base
                  "xxx..........",   # model/api
                  "xxxx.........",   # wire
                  "xxxxx........",   # aws
                  "xxx..x.......",   # model/kinds
                  "xxx..xx......",   # manifest
                  "xxx..xxx.....",   # plan
                  "xxxxxxxxx....",   # apply
                  "xxxxxxxxxx...",   # api
                  "xxxx......x..",   # local
                  "xxxxxxxxxx.x.",   # report
                  "xxxxxxxxxxxxx"]   # cli
        self.assertEqual(order, list(check_layers.ALLOWED))
        for row, source in enumerate(order):
            for column, target in enumerate(order):
                with self.subTest(source=source, target=target):
                    name = f"{source}/user.cc"
                    found = self.faults_of(name, self.include_of(target))
                    (self.root / name).unlink()
                    if matrix[row][column] == "x":
                        self.assertEqual([], found)
                    else:
                        self.assertEqual(1, len(found), found)
                        self.assertIn(f"{source} may not include {target}", found[0])

    def test_what_a_layer_may_include_holds_all_that_this_can_reach(self):
        for layer, allowed in check_layers.ALLOWED.items():
            for other in allowed:
                self.assertLessEqual(check_layers.ALLOWED[other], allowed, f"{layer} through {other}")

    def test_a_fault_names_file_line_and_rule(self):
        self.assertEqual(
            ['src/plan/user.cc:3: "wire/thing.h": src/plan may not include src/wire'],
            self.faults_of("src/plan/user.cc", '#include <string>\n\n#include "wire/thing.h"\n'))

    def test_folders_within_a_layer_belong_to_it(self):
        self.assertEqual(
            ['src/local/sim/user.h:2: "model/kinds/thing.h": src/local may not include src/model/kinds'],
            self.faults_of("src/local/sim/user.h", '#pragma once\n#include "model/kinds/thing.h"\n'))

    def test_tests_of_apply_may_use_the_local_rds_and_those_of_plan_may_not(self):
        self.assertEqual([], self.faults_of("src/apply/apply_test.cc", '#include "local/thing.h"\n'))
        self.assertEqual(1, len(self.faults_of("src/plan/plan_test.cc", '#include "local/thing.h"\n')))

    def test_what_supports_tests_is_for_tests_of_the_upper_layers(self):
        self.write("test/support/worlds.h", "#pragma once\n")
        include = '#include "support/worlds.h"\n'
        self.assertEqual([], self.faults_of("test/promises/promises_test.cc", include))
        self.assertEqual([], self.faults_of("src/apply/apply_test.cc", include))
        for name in ("src/apply/apply.cc", "src/plan/plan_test.cc"):
            with self.subTest(name=name):
                self.assertEqual(
                    [f'{name}:1: "support/worlds.h": {name.rsplit("/", 1)[0]} includes test/support/worlds.h, '
                     "which is in no layer"], self.faults_of(name, include))
                (self.root / name).unlink()

    def test_tests_of_local_may_not_use_the_kinds(self):
        self.assertEqual(1, len(self.faults_of("src/local/sim/sim_test.cc", '#include "model/kinds/thing.h"\n')))

    def test_public_headers_include_the_standard_library_only(self):
        self.assertEqual(
            ["include/rdsteady/user.h:3: <fmt/core.h>: a public header includes only the standard library and its like",
             "include/rdsteady/user.h:4: <unistd.h>: a public header includes only the standard library and its like"],
            self.faults_of("include/rdsteady/user.h",
                           "#pragma once\n#include <expected>\n#include <fmt/core.h>\n#include <unistd.h>\n"))

    def test_what_is_included_exists(self):
        self.assertEqual(
            ['src/base/user.cc:1: "base/gone.h": there is no such file in include, src, test or beside this one'],
            self.faults_of("src/base/user.cc", '#include "base/gone.h"\n'))

    def test_includes_are_named_from_the_source_root(self):
        self.assertEqual(
            ['src/base/user.cc:1: "thing.h": name it from the source root, "base/thing.h"'],
            self.faults_of("src/base/user.cc", '#include "thing.h"\n'))

    def test_below_the_command_line_nothing_prints_or_exits(self):
        forbidden = ['std::cout << 1;', 'std::cerr << 1;', 'printf("x");', 'std::printf("x");', 'exit(1);',
                     'std::exit(1);', '::exit(1);', 'fmt::print("x");', 'fmt::print(stderr, "x");',
                     'std::fprintf(stderr, "x");', 'fputs("x", stdout);', 'puts("x");']
        for statement in forbidden:
            with self.subTest(statement=statement):
                found = self.faults_of("src/report/user.cc", f"void F() {{\n  {statement}\n}}\n")
                self.assertEqual(1, len(found), found)
                self.assertTrue(found[0].startswith("src/report/user.cc:2: "), found)
                (self.root / "src/report/user.cc").unlink()
                self.assertEqual([], self.faults_of("src/cli/user.cc", f"void F() {{\n  {statement}\n}}\n"))

    def test_what_only_looks_like_printing_passes(self):
        harmless = ['_exit(127);  // the child of a fork', 'std::snprintf(buffer, 10, "x");', '// printf("x")',
                    'auto text = "exit(1)";', 'auto text = R"(std::cout)";', '/* exit(1) */', 'process.exit(1);',
                    'OnExit(1);', 'fmt::print(file, "x");', 'fprintf(log, "x");', "auto quote = '\"'; // exit(1)",
                    'auto many = 1\'000\'000;  // std::cout']
        for statement in harmless:
            with self.subTest(statement=statement):
                self.assertEqual([], self.faults_of("src/report/user.cc", f"void F() {{\n  {statement}\n}}\n"))

    def test_a_bug_may_say_its_name_before_it_aborts(self):
        self.assertEqual([], self.faults_of("src/base/user.cc", 'F() {\n  fputs("bug", stderr);\n  std::abort();\n}\n'))

    def test_tests_may_print(self):
        self.assertEqual([], self.faults_of("src/base/user_test.cc", 'void F() { printf("x"); }\n'))

    def test_headers_begin_with_pragma_once(self):
        self.assertEqual(["src/base/user.h:1: the header lacks #pragma once"],
                         self.faults_of("src/base/user.h", "int F();\n"))

    def test_long_files_say_why(self):
        body = "int i;\n" * 701
        self.assertEqual(['src/base/user.cc:1: 701 lines, over 700: split it, or say at the top "long because ..."'],
                         self.faults_of("src/base/user.cc", body))
        self.assertEqual([], self.faults_of("src/base/user.cc", "// Long because it is one table.\n" + body))
        self.assertEqual([], self.faults_of("src/base/user.cc", "// Long, but in one piece, because\n// of x.\n" + body))
        self.assertEqual(1, len(self.faults_of("src/base/user.cc", body + "// Long because it is one table.\n")))

    def test_nothing_is_left_for_later(self):
        word = "TO" + "DO"
        self.assertEqual([f"docs/page.md:2: {word}: do it, or say it in the documentation's limits"],
                         self.faults_of("docs/page.md", f"text\n{word}: more\n"))

    def test_the_program(self):
        program = pathlib.Path(check_layers.__file__)
        clean = subprocess.run([sys.executable, program, self.root], capture_output=True, text=True, check=False)
        self.assertEqual((0, "", "check_layers: nothing to object to\n"),
                         (clean.returncode, clean.stdout, clean.stderr))
        self.write("src/base/user.h", "int F();\n")
        faulty = subprocess.run([sys.executable, program, self.root], capture_output=True, text=True, check=False)
        self.assertEqual((1, "src/base/user.h:1: the header lacks #pragma once\n", "check_layers: 1 fault\n"),
                         (faulty.returncode, faulty.stdout, faulty.stderr))
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(64, check_layers.main([str(self.root / "docs")]))


if __name__ == "__main__":
    unittest.main()
