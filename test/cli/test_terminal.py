"""On a terminal: questions, colours, and progress that is redrawn in place."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import unittest

from support import PROGRAM, LocalRds as Base, instance

SECRET = {"DB_PASSWORD": "long-enough-secret"}


class Terminal:
    """The program with a pseudo-terminal as its stdin, stdout and stderr."""

    def __init__(self, words, env, columns=80, rows=24):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen([PROGRAM, *words], env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        self.text = ""

    def read_until(self, pattern, seconds=120):
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            left = deadline - time.monotonic()
            if left <= 0 or not self.read_some(left):
                raise AssertionError(f"{pattern} was not shown in:\n{self.text!r}")

    def read_some(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the last writer is gone
            return False
        self.text += data.decode()
        return bool(data)

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.read_some(0.5):
            pass
        status = self.process.wait(timeout=seconds)
        os.close(self.master)
        return status


def screen(text, columns):
    """What is on a terminal's screen and above it after `text`: the few sequences that the program uses."""
    lines, row, column = [""], 0, 0
    for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if token == "\r":
            column = 0
        elif token == "\n":
            row, column = row + 1, column
            if row == len(lines):
                lines.append("")
        elif token.endswith("A") and token.startswith("\x1b"):
            row = max(0, row - int(token[2:-1]))
        elif token == "\x1b[J":
            del lines[row + 1:]
            lines[row] = lines[row][:column]
        elif token == "\x1b[2K":
            lines[row] = ""
        elif token.startswith("\x1b"):
            assert token.endswith("m"), token
        else:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + token + line[column + len(token):]
            column += len(token)
            assert column < columns or not row, f"a line reaches the edge: {token!r}"
    return [line.rstrip() for line in lines]


class Progress(Base):
    def terminal(self, *words, columns=80, rows=24, **more):
        env = dict(self.env, TERM="xterm", **SECRET)
        env.update(more)
        return Terminal([*words, "--local"], env, columns, rows)

    def test_progress_is_live_and_leaves_a_clean_screen(self):
        path = self.file(instance("live"))
        shown = self.terminal("apply", path)
        self.assertEqual(shown.end(), 0, shown.text)
        self.assertIn("\x1b[", shown.text)
        self.assertRegex(shown.text, r"DBInstance/live  creating\S*  \d+s")
        last = screen(shown.text.replace("\r\n", "\r\n"), 80)
        self.assertEqual(len([line for line in last if "creating" in line and "s" in line and "calling" not in line]), 0, last)
        self.assertIn("1 created; mutating calls: 1", last)

    def test_a_narrow_terminal_and_one_without_colour(self):
        path = self.file(instance("narrow"))
        shown = self.terminal("apply", path, columns=24, rows=4, NO_COLOR="1")
        self.assertEqual(shown.end(), 0, shown.text)
        self.assertNotRegex(shown.text, r"\x1b\[[0-9;]*m")
        drawn = re.findall(r"\x1b\[2K([^\r\n]*)", shown.text)
        self.assertTrue(drawn)
        self.assertLess(max(len(line) for line in drawn), 24)

    def test_a_dumb_terminal_gets_lines(self):
        path = self.file(instance("dumb"))
        shown = self.terminal("apply", path, TERM="dumb")
        self.assertEqual(shown.end(), 0, shown.text)
        self.assertNotIn("\x1b", shown.text)
        self.assertIn("DBInstance/dumb: calling CreateDBInstance", shown.text)

    def test_a_person_is_asked(self):
        path = self.file(instance("asked"))
        self.assertEqual(self.terminal("apply", path).end(), 0)
        self.file(instance("asked").replace("db.m6g.large", "db.m6g.xlarge"))
        for answer, status in (("no\n", 3), ("y\n", 3), ("\x04", 3), ("yes\n", 0)):
            self.forget()
            shown = self.terminal("apply", path)
            shown.read_until(r"carry this plan out\? Only 'yes' is taken for it: ")
            self.assertIn("DBInstanceClass: db.m6g.large -> db.m6g.xlarge", shown.text)
            self.assertEqual(self.mutating_calls(), [])
            shown.type(answer)
            self.assertEqual(shown.end(), status, shown.text)
            self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"] if status == 0 else [])

    def test_a_person_is_asked_where_a_policy_says_ask_also_with_yes(self):
        path = self.file("policy: {rules: {DBInstance: {asked-by-rule: {BackupRetentionPeriod: ask}}}}\n" + instance("asked-by-rule"))
        self.assertEqual(self.terminal("apply", path, "--yes").end(), 0)
        self.file("policy: {rules: {DBInstance: {asked-by-rule: {BackupRetentionPeriod: ask}}}}\n" + instance("asked-by-rule", days=5))
        for answer, status in (("no\n", 3), ("yes\n", 0)):
            self.forget()
            shown = self.terminal("apply", path, "--yes")
            shown.read_until(r"Only 'yes' is taken for it: ")
            shown.type(answer)
            self.assertEqual(shown.end(), status, shown.text)
            self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"] if status == 0 else [])

    def test_an_interrupt_at_the_question(self):
        path = self.file(instance("broken-off"))
        self.assertEqual(self.terminal("apply", path).end(), 0)
        self.file(instance("broken-off").replace("db.m6g.large", "db.m6g.xlarge"))
        shown = self.terminal("apply", path)
        shown.read_until(r"taken for it: ")
        shown.process.send_signal(2)
        self.assertEqual(shown.end(), 130)

    def test_deleting_asks_for_the_name(self):
        path = self.file(instance("named"))
        self.assertEqual(self.terminal("apply", path).end(), 0)
        shown = self.terminal("delete", "DBInstance/named", "--skip-final-snapshot")
        shown.read_until(r"Type its name to go on: ")
        shown.type("yes\n")
        self.assertEqual(shown.end(), 3, shown.text)
        shown = self.terminal("delete", "DBInstance/named", "--skip-final-snapshot")
        shown.read_until(r"Type its name to go on: ")
        shown.type("named\n")
        self.assertEqual(shown.end(), 0, shown.text)
