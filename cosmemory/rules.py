"""The rules for pages: one table, from which reports, ``cosmemory rule`` and the docs are made."""

from __future__ import annotations

from cosmemory.frozen import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ERROR, WARNING, INFO = "error", "warning", "info"
SAFE, UNSAFE, NONE = "safe", "unsafe", "none"

FAMILIES = {
    "0": "Encoding and syntax",
    "1": "Structure",
    "2": "Tables",
    "3": "Times",
    "4": "Values",
    "5": "Across documents",
    "6": "Freshness",
    "9": "Suppressions",
}


@frozen()
class Rule:
    """One rule: a code that is never used again, a name, how grave a breach is, and if it can be mended."""

    code: str
    name: str
    severity: str
    fix: str
    summary: str
    why: str
    example: str
    remedy: str


# Code, name, severity, fix; what it finds; why that is bad; an example of it; what to do or write instead.
RULES: tuple[Rule, ...] = (
    Rule("COS001", "bad-byte", ERROR, NONE, "Finds bytes that are not UTF-8.",
         "Editors show such bytes differently, and a section that holds one is not written to.",
         r"- **Primary Task:** caf\xe9", "- **Primary Task:** café"),
    Rule("COS002", "not-utf8-text", ERROR, NONE, "Finds files that are UTF-16 or binary.",
         "Nothing in such a file can be read, and nothing is written to it.",
         r"\xff\xfe#\x00 \x00S\x00", "Save the file as UTF-8."),
    Rule("COS003", "mixed-newlines", INFO, NONE, "Finds the first line that ends in another way than most.",
         "Tools that compare line by line show changes that nobody made.",
         r"Active: 2\r\n" "\n" r"Inactive: 1\n", "Let every line end alike; editors call it LF or CRLF."),
    Rule("COS004", "control-character", WARNING, NONE,
         "Finds control characters (NUL and ESC among them) and those that turn the direction of writing.",
         "They hide or reorder what people see, and can steer a terminal that shows the page.",
         r"- **Role:** De\u202eveloper", "- **Role:** Developer"),
    Rule("COS005", "conflict-marker", ERROR, NONE, "Finds markers of a merge conflict that were left in.",
         "Both versions stand on the page, and which of them is true is not decided.",
         "<<<<<<< HEAD\n- **Status:** idle\n=======\n- **Status:** busy\n>>>>>>> theirs",
         "- **Status:** busy"),
    Rule("COS006", "unclosed-fence", WARNING, NONE, "Finds a code fence that is never closed.",
         "Everything below it is code to a Markdown reader.", "```\ncosmemory status",
         "```\ncosmemory status\n```"),
    Rule("COS007", "open-entry", WARNING, NONE, "Finds an entry of the log that is not closed by `---`.",
         "It may have been torn by a crash, or run together with the next; an append closes it first.",
         "### 2026-11-21T06:00:00Z\n**Type:** broadcast",
         "### 2026-11-21T06:00:00Z\n**Type:** broadcast\n\n---"),
    Rule("COS008", "unclosed-comment", WARNING, NONE, "Finds an HTML comment that is never closed.",
         "Everything below it is hidden.", "<!-- to be checked", "<!-- to be checked -->"),
    Rule("COS009", "byte-order-mark", INFO, SAFE, "Finds a byte order mark at the start of a page.",
         "UTF-8 needs none, and programs that do not expect it miss the page's title.",
         r"\ufeff# Team Roster", "# Team Roster"),
    Rule("COS010", "hidden-entry", WARNING, NONE,
         "Finds an entry of the log that begins while a code fence or a comment stands open.",
         "cosmemory reads it as an entry; a Markdown reader shows it as code, or not at all.",
         "```\n### 2026-11-21T06:00:00Z", "```\n```\n\n### 2026-11-21T06:00:00Z"),
    Rule("COS101", "missing-section", ERROR, NONE,
         "Finds that a section is missing which the kind of page needs.",
         "What belongs there can be neither read nor written.",
         "# Active Alerts\n\nLast Updated: 2026-11-21T06:00:00Z\n\n## Warning",
         "# Active Alerts\n\nLast Updated: 2026-11-21T06:00:00Z\n\n## Critical\n\nNone\n\n## Warning"),
    Rule("COS102", "duplicate-section", ERROR, NONE, "Finds a section that stands on the page again.",
         "A write cannot know which of the two is meant, and is refused.",
         "## Notes\nOne.\n\n## Notes\nTwo.", "## Notes\nOne.\nTwo."),
    Rule("COS103", "missing-field", ERROR, NONE,
         "Finds that a label is missing which the kind of page needs.",
         "What belongs there is unknown.",
         "# Team Roster\n\nActive: 1", "# Team Roster\n\nLast Updated: 2026-11-21T06:00:00Z\nActive: 1"),
    Rule("COS104", "duplicate-field", ERROR, NONE, "Finds a label that stands in its section again.",
         "The first one counts here, and another reader may take the last.",
         "- **Role:** Developer\n- **Role:** Reviewer", "- **Role:** Developer"),
    Rule("COS105", "unfilled-placeholder", ERROR, NONE, "Finds the template's own hint in a value's place.",
         "It says what should be there, not what is.",
         "Last Updated: [ISO timestamp]", "Last Updated: 2026-11-21T06:00:00Z"),
    Rule("COS106", "duplicate-key", ERROR, NONE,
         "Finds a record whose key another record of the section has.",
         "A verb that names the key cannot know which is meant. Both records are read.",
         "| helper-1 | Developer | busy |\n| helper-1 | Reviewer | idle |",
         "| helper-1 | Developer | busy |\n| helper-2 | Reviewer | idle |"),
    Rule("COS107", "empty-key", ERROR, NONE, "Finds a record without a key.", "No verb can name it.",
         "| - | Developer | busy |", "| helper-1 | Developer | busy |"),
    Rule("COS108", "detail-without-row", WARNING, NONE,
         "Finds a block of details that has no row in its table.",
         "The two should tell of the same members.",
         "### helper-9\n- **Role:** Developer", "| helper-9 | Developer | idle |"),
    Rule("COS109", "missing-page", ERROR, NONE, "Finds that a standard page is missing.",
         "Verbs that need it are refused.", "There is no team-roster.md.", "cosmemory repair team-roster"),
    Rule("COS110", "stray-copy", INFO, NONE,
         "Finds copies that editors, merges and synchronisers left in the folder.",
         "They are never read as state, and may hold what somebody lost.",
         "cos-state.sync-conflict-20261121-060000.md", "Compare it with the page, then delete it."),
    Rule("COS111", "missing-title", WARNING, NONE,
         "Finds a page that does not begin with a heading of level 1.",
         "Tools and people tell by its title what a page is.",
         "Last Updated: 2026-11-21T06:00:00Z", "# Team Roster\n\nLast Updated: 2026-11-21T06:00:00Z"),
    Rule("COS112", "section-level", INFO, NONE,
         "Finds a section of the kind that stands at another level than 2.",
         "It is read; outlines and tables of contents put it below the wrong heading.",
         "### Role Summary", "## Role Summary"),
    Rule("COS113", "front-matter-unreadable", ERROR, NONE,
         "Finds front matter that is not YAML, or is too large.",
         "What it says about the page is unknown, and it cannot be changed.",
         "---\nstatus: [active\n---", "---\nstatus: active\n---"),
    Rule("COS114", "unknown-page", INFO, NONE,
         "Names the Markdown files in the memory that are of no known kind.",
         "They are left alone: neither checked nor changed. A page whose name is misspelt is among them.",
         "There is a teamroster.md.", "team-roster.md"),
    Rule("COS115", "one-line-entry", WARNING, NONE,
         "Finds a line of the log that begins with a time, as an entry without a heading of its own.",
         "It is kept where it stands, and is no event: no query finds it, and rotation does not move it.",
         "[2026-11-21T06:00:00Z] [SPAWN] [helper-1] started",
         "### 2026-11-21T06:00:00Z\n**Type:** agent\n**Involved:** helper-1\n**Action:** started\n\n---"),
    Rule("COS201", "ragged-row", WARNING, NONE,
         "Finds a row with more or fewer cells than the table's header.",
         "Markdown readers drop cells, or show the whole table as text.",
         "| Role | Assigned | Target |\n|---|---|---|\n| Developer | 3 |",
         "| Role | Assigned | Target |\n|---|---|---|\n| Developer | 3 | - |"),
    Rule("COS202", "missing-table", ERROR, NONE,
         "Finds that a section has no table where the kind needs one.",
         "Its records cannot be read.", "## Recently Resolved\n\nSee the log",
         "## Recently Resolved\n\n| Alert ID | Type | Duration | Resolved At |\n|---|---|---|---|"),
    Rule("COS203", "missing-column", ERROR, NONE, "Finds that a table lacks a column which the kind needs.",
         "What belongs there is unknown, and cannot be written.",
         "| Session Name | Role |\n|---|---|", "| Session Name | Role | Status |\n|---|---|---|"),
    Rule("COS204", "duplicate-column", ERROR, NONE,
         "Finds a column whose name another column of the table has.",
         "The first one counts here, and another reader may take the last.",
         "| Session Name | Role | Status | Role |", "| Session Name | Role | Status | Performance |"),
    Rule("COS205", "delimiter-row", WARNING, NONE,
         "Finds a row of dashes that does not fit the table's header.",
         "Markdown readers then see no table at all.",
         "| Session Name | Role | Status |\n|---|---|", "| Session Name | Role | Status |\n|---|---|---|"),
    Rule("COS206", "pipe-in-code", WARNING, SAFE, "Finds a bare pipe in a code span of a table's cell.",
         "Markdown readers part the cell there.", "| helper-1 | Developer | busy | `a|b` |", r"| helper-1 | Developer | busy | `a\|b` |"),
    Rule("COS207", "unknown-column", INFO, NONE,
         "Finds a column that the kind does not know, and whose name is nearly that of one it knows.",
         "It may be misspelt. It is kept, and shown under `extra`, as every column of your own is.",
         "| Session Name | Role | Status | Current Taks |", "| Session Name | Role | Status | Current Task |"),
    Rule("COS208", "stray-row", WARNING, NONE,
         "Finds rows below a table that belong to none, and a second table with other columns.",
         "A blank line or a comment ends a table for every Markdown reader. A row that fits is read all the same, "
         "one with other cells is not.",
         "| Developer | 3 | - |\n\n| Reviewer | 1 | - |", "| Developer | 3 | - |\n| Reviewer | 1 | - |"),
    Rule("COS301", "time-unreadable", ERROR, NONE, "Finds a value that should be a time and is none.",
         "Nothing can be sorted, aged or rotated by it. Relative times, a time of day without its day, and "
         "days that no calendar has are none.", "Last Updated: 2h ago",
         "Last Updated: 2026-11-21T06:00:00Z"),
    Rule("COS302", "time-without-zone", WARNING, SAFE, "Finds a time without a zone.",
         "It is taken as UTC, which its writer may not have meant.",
         "Last Updated: 2026-11-21T06:00:00", "Last Updated: 2026-11-21T06:00:00Z"),
    Rule("COS303", "time-not-iso", WARNING, SAFE, "Finds a time that is not written with `T` and `Z`.",
         "Tools that read ISO 8601 strictly refuse it.",
         "Last Updated: 2026-11-21 06:00:00 UTC", "Last Updated: 2026-11-21T06:00:00Z"),
    Rule("COS304", "time-without-seconds", WARNING, SAFE, "Finds a time without seconds.",
         "As text it sorts differently from the others.",
         "Last Updated: 2026-11-21T06:00Z", "Last Updated: 2026-11-21T06:00:00Z"),
    Rule("COS305", "time-is-date-only", WARNING, SAFE, "Finds a date where a time belongs.",
         "The start of that day is taken.", "Last Updated: 2026-11-21",
         "Last Updated: 2026-11-21T00:00:00Z"),
    Rule("COS306", "time-with-offset", INFO, SAFE, "Finds a time that is not written in UTC.",
         "As text it sorts differently from the others.",
         "Last Updated: 2026-11-21T07:00:00+01:00", "Last Updated: 2026-11-21T06:00:00Z"),
    Rule("COS307", "date-unreadable", ERROR, NONE, "Finds a value that should be a date and is none.",
         "The page cannot be told from that of another day.", "Date: yesterday", "Date: 2026-11-20"),
    Rule("COS308", "time-out-of-order", INFO, NONE,
         "Finds an entry of the log that is older than one before it.",
         "The log keeps the order in which entries were acknowledged; a clock may have gone back.",
         "### 2026-11-21T05:00:00Z\n**Type:** broadcast\n\n---\n\n### 2026-11-21T04:00:00Z",
         "Nothing, if it came late; an archive sorts its entries."),
    Rule("COS309", "entry-of-another-week", ERROR, NONE, "Finds an entry of another ISO week in an archive.",
         "It will not be found where it is looked for.",
         "coordination-log-2026-W46.md holds an entry of 2026-11-21.",
         "Move the entry to coordination-log.md; cosmemory rotate files it."),
    Rule("COS401", "unknown-enum", ERROR, NONE,
         "Finds a word that is none of those that are legal in its place.",
         "No verb knows what may follow on it.", "| helper-1 | Developer | sleeping |", "| helper-1 | Developer | idle |"),
    Rule("COS402", "enum-case", WARNING, SAFE, "Finds a legal word that is written in another way.",
         "It is understood here, and not by tools that compare exactly.", "| helper-1 | Developer | Active |",
         "| helper-1 | Developer | active |"),
    Rule("COS403", "quoted-enum", WARNING, SAFE, "Finds a legal word that stands in quotes or is marked up.",
         "It is understood here, and not by tools that compare exactly.", '| helper-1 | Developer | "active" |',
         "| helper-1 | Developer | active |"),
    Rule("COS404", "not-a-number", ERROR, NONE, "Finds a value that should be a number and is none.",
         "Nothing can be reckoned with it.", "- **CPU Load:** high", "- **CPU Load:** 1.5"),
    Rule("COS405", "not-a-count", ERROR, NONE,
         "Finds a value that should be a whole number from 0 on and is none.",
         "Nothing can be counted with it.", "Total Agents: -1", "Total Agents: 1"),
    Rule("COS406", "not-a-percent", ERROR, NONE, "Finds a value that should be a percentage and is none.",
         "Nothing can be compared with it.", "- **Memory:** most", "- **Memory:** 62%"),
    Rule("COS407", "percent-without-sign", WARNING, SAFE, "Finds a percentage without `%`.",
         "A reader may take it for a number of something.", "- **Memory:** 62", "- **Memory:** 62%"),
    Rule("COS408", "not-a-measure", ERROR, NONE,
         "Finds a figure that is none of `n`, `n%`, `n (n%)` and `n min`.",
         "It takes no part in any sum.", "| On-Time | most |", "| On-Time | 4 (80%) |"),
    Rule("COS409", "not-a-change", ERROR, NONE, "Finds a difference that is no figure with a sign.",
         "It cannot be compared with the two figures that it stands for.",
         "| Tasks Completed | 5 | 4 | up |", "| Tasks Completed | 5 | 4 | +1 |"),
    Rule("COS410", "unknown-event-type", WARNING, NONE,
         "Finds an entry whose type is neither known nor in the settings.",
         "Queries by type will not find it.", "**Type:** mesage_sent", "**Type:** message_sent"),
    Rule("COS411", "severity-section", ERROR, NONE,
         "Finds an alert that stands in the section of another severity.",
         "One of the two is wrong.", "## Critical\n\n### ALERT-1\n- **Severity:** warning",
         "## Warning\n\n### ALERT-1\n- **Severity:** warning"),
    Rule("COS412", "file-name", ERROR, NONE,
         "Finds a page that names another day, month or agent than its file.",
         "It counts for the wrong day, month or agent.",
         "metrics-2026-11-20.md says that it is about 2026-11-19.", "Date: 2026-11-20"),
    Rule("COS413", "share-of-count", WARNING, NONE,
         "Finds a percentage that does not follow from the counts beside it.",
         "One of the two is wrong.", "| Tasks Completed | 5 |\n| On-Time | 4 (50%) |",
         "| Tasks Completed | 5 |\n| On-Time | 4 (80%) |"),
    Rule("COS414", "within-threshold", INFO, NONE,
         "Finds an open alert whose value is not beyond its threshold.",
         "It may be over, or one of the figures is mistyped.",
         "- **Value:** 40%\n- **Threshold:** 80%", "cosmemory alert resolve ALERT-1"),
    Rule("COS415", "percent-out-of-range", WARNING, NONE, "Finds a share of a whole below 0% or above 100%.",
         "No part is larger than its whole; it is most likely mistyped.", "- **Memory:** 620%",
         "- **Memory:** 62%"),
    Rule("COS416", "over-bound", INFO, NONE, "Finds a bounded list that is longer than its bound.",
         "The next verb that adds to it moves the oldest rows out; they stay findable in the log.",
         "25 rows stand below Recent Decisions.", "Nothing, or a larger bound in cosmemory.toml."),
    Rule("COS417", "measure-wording", WARNING, SAFE,
         "Finds a figure in other words than `n`, `n%`, `n (n%)` and `n min`, which is read all the same.",
         "Other tools may not read it. Only the spelling of minutes is mended by itself.",
         "| Avg Response Time | 8 minutes |", "| Avg Response Time | 8 min |"),
    Rule("COS501", "derived-value", WARNING, SAFE, "Finds a value that differs from what it follows from.",
         "One of them was changed by hand and the other was not. Counts, rates, changes, and what one page "
         "shows of another, are such values.", "Total Agents: 5 stands above a table of one.", "Total Agents: 1"),
    Rule("COS502", "alert-mirror", WARNING, NONE,
         "Finds alerts that are open on the alert page or on cos-state, and not on the other.",
         "A reader of either page is misled.", "ALERT-7 stands on cos-state alone.",
         "cosmemory alert resolve ALERT-7, or remove the row."),
    Rule("COS503", "active-and-inactive", ERROR, NONE,
         "Finds somebody in both tables, of the active and the inactive.",
         "Only one of them is true.", "helper-1 stands in both tables.", "Remove one of the two rows."),
    Rule("COS504", "archive-checksum", ERROR, NONE,
         "Finds an archive of the log whose entries are not those that its header counts and seals.",
         "Entries were lost, doubled or changed after the rotation.", "Entries: 2 stands above one entry.",
         "Take the archive from a checkpoint or from git."),
    Rule("COS505", "reused-id", WARNING, NONE,
         "Finds an id on a page that was given before to something else.",
         "Ids are never used again: the log could not tell the two apart.",
         "ALERT-3 is open, and stands among the resolved as well.", "Give the newer one the next free id."),
    Rule("COS540", "refused-value", ERROR, NONE,
         "Finds a value that a validator or constraint of the project's own refuses.",
         "No command would have written it; it was saved by hand, or before the validator was there.",
         "The plan on the board names no tasks.", "Give it a value that the validator takes."),
    Rule("COS541", "failing-check", ERROR, NONE,
         "Finds a check of the project's own that cannot be loaded, or that failed.",
         "What it looks for is not found as long as it fails.", "The file checks.py divides by zero.",
         "Mend the check, or take it out of cosmemory.toml."),
    Rule("COS542", "idle-with-task", INFO, NONE,
         "Finds somebody who is idle and has a task.",
         "Either the work is not being done, or the status is out of date.",
         "| helper-1 | Developer | idle | 2026-11-21T05:59:00Z | Write the docs |",
         "cosmemory team status helper-1 busy"),
    Rule("COS601", "stale-state", INFO, NONE,
         "Finds a session that is active and was not updated for 10 minutes.",
         "What the page says may be out of date.", "- **Last Updated:** 2026-11-21T05:00:00Z",
         "Update the page, or set the status to idle."),
    Rule("COS602", "not-seen", INFO, NONE, "Finds members who were not seen for 15, 30 or 60 minutes.",
         "They are possibly idle, likely inactive, or inactive.",
         "| helper-1 | Developer | busy | 2026-11-21T05:00:00Z |", "cosmemory team seen helper-1"),
    Rule("COS614", "expired-entry", INFO, NONE,
         "Finds a value on the board whose time to live is over.",
         "For readers it is not there any more; the next write to the board takes it off the page.",
         "| lease | mine | helper-1 | 1 | 2026-11-21T05:00:00Z | 60 |", "cosmemory board expire"),
    Rule("COS901", "unused-suppression", WARNING, SAFE,
         "Finds a suppression, or a code in one, that suppresses nothing.",
         "It would hide the next finding, which it was not meant for.",
         "<!-- cosmemory-disable-next-line COS203 -->", "Remove the comment."),
    Rule("COS902", "unknown-suppression", WARNING, NONE,
         "Finds a suppression with a word or a code that there is not.",
         "It suppresses nothing.", "<!-- cosmemory-disable-line COS999 -->",
         "<!-- cosmemory-disable-line COS401 -->"),
    Rule("COS903", "unmatched-enable", WARNING, SAFE, "Finds a `cosmemory-enable` with nothing to end.",
         "What it should end was misspelt or removed.", "<!-- cosmemory-enable COS203 -->",
         "Remove the comment."),
    Rule("COS904", "misplaced-suppression", WARNING, NONE,
         "Finds a suppression of more than its own line that does not stand alone on a line.",
         "It is not heeded: within a line of text, a value could suppress what it was not asked to.",
         "Ready. <!-- cosmemory-disable-file -->", "<!-- cosmemory-disable-file -->"),
)  # fmt: skip

_BY_NAME = {rule.name: rule for rule in RULES}
_BY_CODE = {rule.code: rule for rule in RULES}


def rule_named(name: str) -> Rule:
    """The rule called ``name``."""
    return _BY_NAME[name]


def rule_of(word: str, own: Iterable[Rule] = ()) -> Rule | None:
    """The rule with the code or name ``word``, in whatever case; ``own`` are those of a project."""
    found = _BY_CODE.get(word.upper()) or _BY_NAME.get(word.lower())
    return found or next(
        (each for each in own if word.upper() == each.code or word.lower() == each.name), None
    )


def close_rule(word: str, own: Iterable[Rule] = ()) -> str:
    """A hint at the rule that ``word`` may mean."""
    from difflib import get_close_matches

    names = [*_BY_NAME, *(each.name for each in own)]
    codes = [*_BY_CODE, *(each.code for each in own)]
    close = get_close_matches(word.lower(), names, 1) or get_close_matches(word.upper(), codes, 1, 0.8)
    return f"Did you mean {close[0]}?" if close else "cosmemory rule --all lists them."


def codes_of(word: str, own: Sequence[Rule] = ()) -> frozenset[str]:
    """The codes that ``word`` selects: a rule's code or name, or the first characters of codes (``COS3``)."""
    rule = rule_of(word, own)
    if rule is not None:
        return frozenset({rule.code})
    prefix = word.upper()
    codes = [*_BY_CODE] if prefix.startswith("COS") else [each.code for each in own]
    return frozenset(code for code in codes if prefix and code.startswith(prefix))
