#!/usr/bin/env python3
"""Writes tables.rs and rules.rs from SQLite's own parser: `tables.py path/to/sqlite3.c`, then `cargo fmt`.

The amalgamation of SQLite holds the tables that Lemon made of its grammar, and with them the names of tokens and the
texts of rules. SQLite is in the public domain.
"""
import re
import sys
from pathlib import Path

source = Path(sys.argv[1]).read_text()
version = re.search(r'#define SQLITE_VERSION\s+"([^"]+)"', source)[1]
parser = source[source.index("Begin file parse.c"):source.index("End of parse.c")]


def body(name):
    text = re.search(name + r"\[\] = \{(.*?)\n\};", parser, re.S)[1]
    return re.sub(r"/\*.*?\*/|^#.*?$", "", text, flags=re.S | re.M)


def numbers(name):
    return [int(number) for number in re.findall(r"-?\d+", body(name))]


def constant(name):
    return int(re.search(rf"#define {name}\s+\(?(\d+)", parser)[1])


def tokens():
    return {name: int(code) for name, code in re.findall(r"#define TK_(\w+)\s+(\d+)", parser)}


def keywords():
    """The table of keywords is packed: pieces of one text, and the token of each."""
    text = "".join(re.findall(r"'(.)'", re.search(r"zKWText\[\d+\] = \{(.*?)\};", source, re.S)[1]))
    offsets, lengths = ([int(number) for number in re.findall(r"\d+", re.search(
        rf"{name}\[\d+\] = \{{(.*?)\}};", source, re.S)[1])] for name in ("aKWOffset", "aKWLen"))
    codes = re.findall(r"TK_(\w+)", re.search(r"aKWCode\[\d+\] = \{(.*?)\};", source, re.S)[1])
    # The first of each is a place for "none".
    skip = len(offsets) - len(codes)
    found = {text[at:at + length]: code
             for at, length, code in zip(offsets[skip:], lengths[skip:], codes) if length}
    return sorted(found.items())


def array(doc, name, kind, values):
    return f"/// {doc}\npub(super) static {name}: [{kind}; {len(values)}] = {values};\n\n"


here = Path(__file__).parent
code = tokens()
used = """SEMI LP RP AS COMMA ID OVER WINDOW FILTER DOT STRING INTEGER FLOAT BLOB QNUMBER VARIABLE MINUS PLUS STAR SLASH
    REM EQ NE LT LE GT GE LSHIFT RSHIFT BITOR BITAND BITNOT CONCAT PTR JOIN_KW ORDER LIMIT SELECT EXPLAIN""".split()
note = f"// Made by tables.py from SQLite {version}; do not edit.\n\n"
out = f"//! The tables of SQLite's parser and the codes of its tokens.\n\n{note}"
for name, macro, doc in [
    ("MAX_SHIFT", "YY_MAX_SHIFT", "Up to here an action is a state to go to."),
    ("MIN_SHIFT_REDUCE", "YY_MIN_SHIFTREDUCE", "From here on an action takes the token and reduces by a rule."),
    ("MAX_SHIFT_REDUCE", "YY_MAX_SHIFTREDUCE", "Up to here it does."),
    ("ACCEPT", "YY_ACCEPT_ACTION", "The action at the end."),
    ("MIN_REDUCE", "YY_MIN_REDUCE", "From here on an action reduces by a rule."),
]:
    out += f"/// {doc}\npub(super) const {name}: u16 = {constant(macro)};\n"
out += f"/// The token that stands for any other.\npub(super) const WILDCARD: u16 = {constant('YYWILDCARD')};\n\n"
out += "/// The codes of tokens that the lexer or the driver speaks of.\npub(super) mod token {\n"
out += "".join(f"    pub(in crate::parse::sqlite) const {name}: u16 = {code[name]};\n" for name in used) + "}\n\n"
words = ", ".join(f'("{word}", {code[token]})' for word, token in keywords())
out += f"/// Keywords and their tokens, in order.\npub(super) static KEYWORDS: [(&str, u16); {len(keywords())}] = [{words}];\n\n"
out += array("What to do.", "ACTION", "u16", numbers("yy_action"))
out += array("For which token.", "LOOKAHEAD", "u16", numbers("yy_lookahead"))
out += array("Where a state's actions for tokens begin.", "SHIFT_OFFSET", "u16", numbers("yy_shift_ofst"))
out += array("Where a state's actions for what was reduced begin.", "REDUCE_OFFSET", "i16", numbers("yy_reduce_ofst"))
out += array("What to do in a state for all other tokens.", "DEFAULT", "u16", numbers("yy_default"))
fallback = [code[name] if name else 0 for name in
            (line.strip().rstrip(",") for line in
             re.findall(r"(\d+),\s*/\*", re.search(r"yyFallback\[\] = \{(.*?)\n\};", parser, re.S)[1])) for name in [None]]
fallback = [int(number) for number in
            re.findall(r"^\s*(\d+),\s*/\*", re.search(r"yyFallback\[\] = \{(.*?)\n\};", parser, re.S)[1], re.M)]
out += array("What a keyword is where it cannot be itself.", "FALLBACK", "u16", fallback)
out += array("What a rule makes.", "LEFT", "u16", numbers("yyRuleInfoLhs"))
out += array("Of how many parts, as a negative number.", "PARTS", "i8", numbers("yyRuleInfoNRhs"))
(here / "tables.rs").write_text(out)

texts = re.findall(r'"([^"]*)"', re.search(r"yyRuleName\[\] = \{(.*?)\n\};", parser, re.S)[1])
unused = {int(rule) for rule in re.findall(
    r"/\* \((\d+)\) [^*]*?\((?:OPTIMIZED OUT|NEVER REDUCES)\) \*/", parser)}
out = f"//! The rules of SQLite's grammar.\n\n{note}"
out += f"/// Their texts, by number.\npub(super) static RULES: [&str; {len(texts)}] = [\n"
out += "".join(f'    "{text}",\n' for text in texts) + "];\n"
out += "\n/// Those that only exist on paper: Lemon has taken them out of the tables.\n#[cfg(test)]\n"
out += f"pub(super) static ON_PAPER: [u16; {len(unused)}] = {sorted(unused)};\n"
(here / "rules.rs").write_text(out)
