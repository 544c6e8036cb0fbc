"""The rules that pages are held to: one table, the source of reports, of ``cosmemory rule`` and of the docs."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, INFO = "error", "warning", "info"
SAFE, UNSAFE, NONE = "safe", "unsafe", "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a code that is never used again, a name, how grave a breach is, and whether it can be mended."""

    code: str
    name: str
    severity: str
    fix: str
    summary: str
    why: str
    example: str


RULES: tuple[Rule, ...] = (
    Rule("COS001", "bad-byte", ERROR, NONE, "A byte is not UTF-8.",
         "Editors show such bytes differently, and a section that holds one is not written to.",
         "- **Primary Task:** caf\\xe9"),
    Rule("COS002", "not-utf8-text", ERROR, NONE, "The file is UTF-16 or binary.",
         "Nothing in it can be read, and nothing is written to it.", "\\xff\\xfe#\\x00"),
    Rule("COS003", "mixed-newlines", INFO, NONE, "Lines end in more than one way.",
         "Tools that compare line by line show changes nobody made.", "one line\\r\\nanother\\n"),
    Rule("COS004", "control-character", WARNING, NONE, "A control or bidirectional character stands on the page.",
         "It can hide or reorder what people and terminals see.", "- **Role:** dev\\u202eloper"),
    Rule("COS005", "conflict-marker", ERROR, NONE, "The markers of a merge conflict were left in.",
         "Both versions stand on the page, and which is true is not decided.", "<<<<<<< HEAD"),
    Rule("COS006", "unclosed-fence", WARNING, NONE, "A code fence is never closed.",
         "Everything below it is code to a Markdown reader.", "```"),
    Rule("COS007", "open-entry", WARNING, NONE, "An entry of the log is not closed by ---.",
         "It may have been torn by a crash; the next append closes it.", "### 2026-11-21T06:00:00Z"),
    Rule("COS008", "unclosed-comment", WARNING, NONE, "An HTML comment is never closed.",
         "Everything below it is hidden.", "<!-- note"),
    Rule("COS101", "missing-section", ERROR, NONE, "A section that the kind needs is missing.",
         "What belongs there can be neither read nor written.", "# Chief of Staff State"),
    Rule("COS102", "duplicate-section", ERROR, NONE, "A section stands on the page twice.",
         "A write cannot know which of the two is meant, and is refused.", "## Notes\n\n## Notes"),
    Rule("COS103", "missing-field", ERROR, NONE, "A label that the kind needs is missing.",
         "What belongs there is unknown.", "## Session Info"),
    Rule("COS104", "duplicate-field", ERROR, NONE, "A label stands in its section twice.",
         "The first one counts, and a reader may take the other.", "- **Status:** idle\n- **Status:** busy"),
    Rule("COS105", "unfilled-placeholder", ERROR, NONE, "The template's own hint still stands in a value's place.",
         "It says what should be there, not what is.", "- **Started:** [ISO timestamp]"),
    Rule("COS106", "duplicate-key", ERROR, NONE, "Two records of a section have the same key.",
         "A verb that names the key cannot know which is meant.", "| 1 | a | ... |\n| 1 | b | ... |"),
    Rule("COS107", "empty-key", ERROR, NONE, "A record has no key.",
         "No verb can name it.", "| - | write tests | high | - | pending |"),
    Rule("COS108", "detail-without-row", WARNING, NONE, "A block of details has no row in its table.",
         "The two should tell of the same members.", "### helper-9"),
    Rule("COS109", "missing-page", ERROR, NONE, "A standard page is missing.",
         "Verbs that need it are refused; cosmemory init makes it.", "team-roster.md"),
    Rule("COS110", "stray-copy", INFO, NONE, "A copy that an editor or a synchroniser left lies among the pages.",
         "It is never read as state, and may hold what somebody lost.", "cos-state.sync-conflict-1.md"),
    Rule("COS201", "ragged-row", WARNING, NONE, "A row has more or fewer cells than the header.",
         "Many Markdown readers drop the whole table.", "| a | b |\n|---|---|\n| 1 |"),
    Rule("COS202", "missing-table", ERROR, NONE, "A section has no table.",
         "Its records can't be read.", "## Pending Actions"),
    Rule("COS203", "missing-column", ERROR, NONE, "A table lacks a column.",
         "What belongs there is unknown, and can't be written.", "| ID | Action |"),
    Rule("COS204", "duplicate-column", ERROR, NONE, "A table has two columns of one name.",
         "The first one counts, and a reader may take the other.", "| Status | Status |"),
    Rule("COS205", "delimiter-row", WARNING, NONE, "The row of dashes does not fit the header.",
         "Markdown readers then see no table at all.", "| a | b |\n|---|"),
    Rule("COS206", "pipe-in-code", WARNING, NONE, "A pipe stands bare in a code span of a cell.",
         "Markdown readers part the cell there.", "| `a|b` | c |"),
    Rule("COS301", "time-unreadable", ERROR, NONE, "A value that should be a time is none.",
         "Nothing can be sorted, aged or rotated by it.", "- **Started:** 2h ago"),
    Rule("COS302", "time-without-zone", WARNING, SAFE, "A time has no zone.",
         "It is taken as UTC, which the writer may not have meant.", "2026-11-21T06:00:00"),
    Rule("COS303", "time-not-iso", WARNING, SAFE, "A time is not written with T and Z.",
         "Tools that read ISO 8601 strictly refuse it.", "2026-11-21 06:00:00 UTC"),
    Rule("COS304", "time-without-seconds", WARNING, SAFE, "A time has no seconds.",
         "It sorts differently as text.", "2026-11-21T06:00Z"),
    Rule("COS305", "time-is-date-only", WARNING, SAFE, "Only a date stands where a time belongs.",
         "The start of that day is taken.", "2026-11-21"),
    Rule("COS306", "time-with-offset", INFO, SAFE, "A time is not written in UTC.",
         "It sorts differently as text.", "2026-11-21T07:00:00+01:00"),
    Rule("COS307", "date-unreadable", ERROR, NONE, "A value that should be a date is none.",
         "The page can't be told from that of another day.", "Date: yesterday"),
    Rule("COS308", "time-out-of-order", INFO, NONE, "An entry is older than the one before it.",
         "The log keeps the order in which entries were acknowledged; clocks go back.", ""),
    Rule("COS309", "entry-of-another-week", ERROR, NONE, "An archive holds an entry of another week.",
         "It will not be found where it is looked for.", ""),
    Rule("COS401", "unknown-enum", ERROR, NONE, "A word is none of those that are legal here.",
         "No verb knows what may follow on it.", "- **Status:** sleeping"),
    Rule("COS402", "enum-case", WARNING, SAFE, "A word is written in another case than the legal one.",
         "It is understood here, and not by tools that compare exactly.", "- **Status:** Active"),
    Rule("COS403", "quoted-enum", WARNING, SAFE, "A legal word stands in quotes.",
         "It is understood here, and not by tools that compare exactly.", '- **Status:** "active"'),
    Rule("COS404", "not-a-number", ERROR, NONE, "A value that should be a number is none.",
         "Nothing can be reckoned with it.", "- **CPU Load:** high"),
    Rule("COS405", "not-a-count", ERROR, NONE, "A value that should be a whole number is none.",
         "Nothing can be counted with it.", "Total Agents: many"),
    Rule("COS406", "not-a-percent", ERROR, NONE, "A value that should be a percentage is none.",
         "Nothing can be compared with it.", "- **Memory:** most"),
    Rule("COS407", "percent-without-sign", WARNING, SAFE, "A percentage has no %.",
         "A reader may take it for a number of something.", "- **Memory:** 62"),
    Rule("COS408", "not-a-measure", ERROR, NONE, "A figure is none of n, n%, n (n%) and n min.",
         "It takes no part in any sum.", "| On-Time | most |"),
    Rule("COS409", "not-a-change", ERROR, NONE, "A difference is no figure with a sign.",
         "It can't be checked.", "| Tasks Completed | 5 | 4 | up |"),
    Rule("COS410", "unknown-event-type", WARNING, NONE, "An entry's type is not a known one.",
         "Queries by type will not find it.", "**Type:** mesage_sent"),
    Rule("COS411", "severity-section", ERROR, NONE, "An alert stands in the section of another severity.",
         "One of the two is wrong.", "## Critical\n\n### ALERT-1\n- **Severity:** warning"),
    Rule("COS412", "file-name", ERROR, NONE, "A page says another day or month than its file name.",
         "It counts for the wrong period.", "Date: 2026-11-20 in metrics-2026-11-21.md"),
    Rule("COS413", "share-of-count", WARNING, NONE, "A percentage does not follow from the counts beside it.",
         "One of the two is wrong.", "| On-Time | 4 (50%) | of 5 tasks"),
    Rule("COS414", "within-threshold", INFO, NONE, "An open alert's value is not beyond its threshold.",
         "It may be over, or its figures may be mistyped.", "- **Value:** 40%\n- **Threshold:** 80%"),
    Rule("COS501", "derived-value", WARNING, SAFE, "A value that follows from others differs from what they give.",
         "One of them was changed by hand and the other was not.", "Total Agents: 5"),
    Rule("COS502", "alert-mirror", WARNING, NONE, "The open alerts on cos-state are not those of the alert page.",
         "A reader of either page is misled.", ""),
    Rule("COS503", "active-and-inactive", ERROR, NONE, "Somebody is in the active and in the inactive table.",
         "Only one of them is true.", ""),
    Rule("COS504", "archive-checksum", ERROR, NONE, "An archive is not what its header says.",
         "Entries were lost, doubled or changed after the rotation.", ""),
    Rule("COS601", "stale-state", INFO, NONE, "The session is active and was not updated for 10 minutes.",
         "What the page says may be out of date.", ""),
    Rule("COS602", "not-seen", INFO, NONE, "A member was not seen for 15, 30 or 60 minutes.",
         "They are possibly idle, likely inactive or inactive.", ""),
    Rule("COS901", "unused-suppression", WARNING, SAFE, "A suppression suppresses nothing.",
         "It hides the next finding that it was not meant for.", "<!-- cosmemory-disable-line COS203 -->"),
    Rule("COS902", "unknown-suppression", WARNING, NONE, "A suppression names a code that there is not.",
         "It suppresses nothing.", "<!-- cosmemory-disable-line COS999 -->"),
)  # fmt: skip

_BY_NAME = {rule.name: rule for rule in RULES}
_BY_CODE = {rule.code: rule for rule in RULES}


def rule_named(name: str) -> Rule:
    """The rule called ``name``."""
    return _BY_NAME[name]


def rule_of(code: str) -> Rule | None:
    """The rule with the code or name ``code``."""
    return _BY_CODE.get(code.upper()) or _BY_NAME.get(code.lower())
