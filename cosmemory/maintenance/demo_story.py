"""What happened in the month of the demo: a team of eight brings a release out."""

from __future__ import annotations

# Name, role, capabilities, first task.
TEAM = (
    ("lead-architect", "architect", "design, review", "Cut the billing service in two"),
    ("impl-api", "implementer", "python, sql", "Invoices as their own table"),
    ("impl-web", "implementer", "typescript, css", "The new invoice page"),
    ("test-runner", "tester", "pytest, load tests", "Replay last month's invoices"),
    ("code-reviewer", "reviewer", "python, typescript", "Review the split"),
    ("docs-writer", "writer", "markdown", "How to move to invoices v2"),
    ("ops-deployer", "operations", "terraform, postgres", "Rehearse the migration"),
    ("data-analyst", "analyst", "sql, statistics", "What late invoices cost us"),
)

# One week each: the focus with its priority, and the decisions with their reasons.
WEEKS: tuple[tuple[tuple[str, str], tuple[tuple[str, str], ...]], ...] = (
    (
        ("Cut the billing service in two", "high"),
        (
            ("Invoices get a service of their own", "billing and invoicing change for different reasons"),
            ("Keep one database until the release", "two migrations at once cannot be rolled back"),
        ),
    ),
    (
        ("Move invoices to their own table", "high"),
        (
            ("Write twice, read once for two weeks", "a fall-back that needs no restore"),
            ("No feature flags older than a month", "the last incident came from a forgotten one"),
        ),
    ),
    (
        ("Rehearse the migration on a copy", "medium"),
        (
            ("Migrate in batches of 500", "the rehearsal locked the table for 40 s with 5,000"),
            ("The web client waits for the API freeze", "three of five bugs were moving fields"),
        ),
    ),
    (
        ("Freeze the API and fix what the replay found", "critical"),
        (
            ("Freeze on Friday at noon", "the migration needs a quiet weekend"),
            ("Round half even everywhere", "the replay differs by a cent in 31 of 48,000 invoices"),
        ),
    ),
    (
        ("Bring release 4.2 out", "critical"),
        (
            ("Ship to 5% on Tuesday", "the error budget has room for one bad day"),
            ("Keep the old table for a quarter", "accounting closes the year in January"),
        ),
    ),
)

# What everybody works on from the second week's Monday on, in the order of the team; None for who has left.
TASKS: tuple[tuple[str | None, ...], ...] = (
    (
        "Draw the lock order",
        "The copy job for invoices",
        "Empty states of the invoice page",
        "A replay set without names",
        "Names across the boundary",
        "A glossary of invoices",
        "Writing twice in staging",
        "Who still calls the old endpoint",
    ),
    (
        "One call too many across the boundary",
        "Batches that let others work",
        "The tax column",
        "Load test of the new table",
        "Review the copy job",
        "The guide of renamed fields",
        "Rehearse the migration",
        "How often half a cent happens",
    ),
    (
        "The rounding that the contract names",
        "Round half even everywhere",
        "Print view of an invoice",
        "Replay 48,000 invoices",
        "Review the rounding",
        "A page about the cent",
        "The way back in eleven minutes",
        "Figures for the release notes",
    ),
    (
        "What 4.3 begins with",
        "Reads of the old table",
        "The print button that customers miss",
        "Watch the rollout",
        "Review of the rollout",
        "Questions that support hears",
        "Bring 4.2 from 5% to 100%",
        None,
    ),
)

# Week, weekday (0 is Monday), text, priority, days until the deadline, and what became of it. The fourth week,
# always past, leaves one of each status behind, whatever hour the month ends at.
ACTIONS: tuple[tuple[int, int, str, str, int, tuple[str, ...]], ...] = (
    (0, 0, "Draw the boundary between billing and invoices", "high", 3, ("start", "done")),
    (0, 2, "Ask accounting for last year's odd cases", "medium", 5, ("start", "done")),
    (1, 0, "Write the copy job for invoices", "high", 4, ("start", "block", "start", "done")),
    (1, 3, "Count the clients of the old endpoint", "low", 6, ("start", "done")),
    (2, 1, "Rehearse the migration on a copy of production", "critical", 3, ("start", "done")),
    (2, 2, "Dark mode for the invoice page", "low", 9, ("cancel",)),
    (3, 0, "Replay 48,000 invoices and compare", "critical", 2, ("start", "done")),
    (3, 2, "Explain the cent that rounding moves", "high", 4, ("start",)),
    (3, 3, "Ask support for the ten loudest customers", "medium", 12, ("block",)),
    (3, 4, "Write the notes of release 4.2", "medium", 10, ("start",)),
    (3, 4, "Switch the copy job off", "high", 11, ()),
    (4, 0, "Sign off the migration", "critical", 0, ("start", "done")),
    (4, 1, "Watch the error budget for a week", "high", 9, ()),
    (4, 2, "Find an analyst for 4.3", "medium", 16, ()),
)

# Week, weekday, type, severity, resource, value, threshold, and the steps with their notes; here too the
# fourth week leaves one of each status behind.
ALERTS: tuple[tuple[int, int, str, str, str, str, str, tuple[tuple[str, str], ...]], ...] = (
    (0, 3, "Disk", "warning", "ci-runner-2", "88%", "85%",
     (("ack", "old caches"), ("resolve", "caches pruned, 41% now"))),
    (1, 1, "Latency", "warning", "invoice-api", "820 ms", "500 ms",
     (("ack", "since the copy job runs"), ("resolving", "batches made smaller"), ("resolve", "310 ms"))),
    (1, 4, "Error rate", "critical", "billing", "4.2%", "1%",
     (("ack", "a flag from spring was still on"), ("resolve", "flag removed"))),
    (2, 2, "Lock wait", "warning", "db-primary", "40 s", "5 s",
     (("ack", "the rehearsal"), ("escalate", "critical"), ("resolving", "batches of 500"), ("resolve", "1.1 s"))),
    (3, 1, "Replay difference", "warning", "invoices", "31", "0",
     (("ack", "all of them one cent"), ("resolve", "half to even, 0 now"))),
    (3, 3, "Queue depth", "critical", "invoice-mailer", "12400", "5000", (("ack", "the mail provider is slow"),)),
    (3, 4, "Memory", "warning", "invoice-api", "91%", "85%",
     (("ack", "heap profile taken"), ("resolving", "limit raised, leak still sought"))),
    (3, 4, "Certificate", "warning", "pay.example.org", "9 days", "< 14 days", ()),
    (4, 1, "Error rate", "critical", "invoice-web", "1.6%", "1%",
     (("ack", "the print button"), ("resolving", "button is back"), ("resolve", "0.3%"))),
)  # fmt: skip

BROADCASTS = (
    "Plan of the week: one page about the boundary",
    "Plan of the week: welcome docs-writer, and write twice",
    "Plan of the week: rehearse until it is boring",
    "Plan of the week: the API is frozen on Friday at noon",
    "Plan of the week: 4.2 goes out in small steps",
)
