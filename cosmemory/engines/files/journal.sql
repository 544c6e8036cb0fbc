-- The journal of a memory: every change that was made, and what it did to each page.
CREATE TABLE revision (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,          -- seconds since the epoch
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    message TEXT NOT NULL,
    by_hand INTEGER NOT NULL
);
CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    head TEXT NOT NULL,           -- REVISION#LENGTH of the page now, "-" for no page
    since INTEGER NOT NULL        -- bytes changed since its last whole text
);
CREATE TABLE step (
    page INTEGER NOT NULL REFERENCES page (id),
    number INTEGER NOT NULL REFERENCES revision (number),
    after TEXT NOT NULL,          -- REVISION#LENGTH, "-" for no page
    told INTEGER NOT NULL,        -- 0: it follows on the step before, 1: see whole_text, 2: its text is not known,
                                  -- 3: see whole_text, and what was before is forgotten
    start INTEGER NOT NULL,       -- where `inserted` took the place of `removed`
    removed BLOB NOT NULL,
    inserted BLOB NOT NULL,
    PRIMARY KEY (page, number)
);
CREATE INDEX step_of_revision ON step (number);
CREATE TABLE whole_text (         -- so that no text is far from one that is known
    page INTEGER NOT NULL REFERENCES page (id),
    number INTEGER NOT NULL REFERENCES revision (number),
    text BLOB NOT NULL,
    PRIMARY KEY (page, number)
);
CREATE TABLE taken (              -- how much of which spool is in here
    spool TEXT NOT NULL,
    end INTEGER NOT NULL
);
INSERT INTO taken VALUES ('', 0);
PRAGMA user_version = 1;
