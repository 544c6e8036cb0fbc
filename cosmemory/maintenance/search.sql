-- What a search looks in: the units of all pages and of the history. It may be deleted at any time.
CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    past INTEGER NOT NULL,        -- 1: lines that are gone from it
    stamp TEXT NOT NULL,          -- what the store said of it, empty where it was not sure
    revision TEXT NOT NULL,       -- of a log: empty
    size INTEGER NOT NULL,        -- of a log: how many bytes are in here
    checksum INTEGER NOT NULL,    -- and the CRC-32 of them
    tail TEXT NOT NULL,           -- and what names the last of them
    start INTEGER NOT NULL,       -- where the last entry of a log begins, which may still grow
    line INTEGER NOT NULL,        -- and in which line
    dated INTEGER,                -- when the page says that it was changed
    UNIQUE (path, past)
);
CREATE TABLE unit (
    id INTEGER PRIMARY KEY,       -- by place, then by time: a later one of a place has a larger number
    page INTEGER NOT NULL REFERENCES page (id),
    start INTEGER NOT NULL,
    line INTEGER NOT NULL,
    section TEXT NOT NULL,
    key TEXT NOT NULL,
    time INTEGER,                 -- in seconds since the epoch, NULL: that of the page
    change INTEGER NOT NULL,      -- the number of the change that took it away, 0 for what stands there
    words TEXT NOT NULL,
    tags TEXT NOT NULL            -- its kind and whom it names, as words of hexadecimal digits
);
CREATE INDEX unit_of_page ON unit (page, start);
CREATE INDEX unit_of_change ON unit (change) WHERE change > 0;
CREATE TABLE change (             -- of the history, as far as it is in here
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    actor TEXT NOT NULL
);
CREATE TABLE made (boot TEXT NOT NULL);
CREATE VIRTUAL TABLE found USING fts5 (
    words, tags, content = 'unit', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
PRAGMA user_version = 2;
