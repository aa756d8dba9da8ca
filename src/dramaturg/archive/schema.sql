-- A library: the readings of many stories. See docs/library.md.
-- Every start and end counts Unicode code points of the story's text; end is excluded.

CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,  -- the file's path; for a story in a ZIP: the ZIP's path, "!/" and the name in it
    sha256 TEXT NOT NULL,        -- of the file
    corrections TEXT,            -- sha256 of the corrections it was read with, if any
    size INTEGER NOT NULL,       -- bytes of the file
    format TEXT NOT NULL,
    title TEXT,
    author TEXT,
    language TEXT,
    length INTEGER NOT NULL,     -- code points of the text
    words INTEGER NOT NULL,
    version TEXT NOT NULL,       -- of dramaturg
    weights TEXT,                -- sha256 of its trained data
    seconds REAL NOT NULL        -- how long reading took
);

-- The whole reading, as `dramaturg read --json` writes it, packed by zlib.
CREATE TABLE documents (
    story INTEGER PRIMARY KEY REFERENCES stories(id),
    sha256 TEXT NOT NULL,        -- of the document
    packed BLOB NOT NULL
);

-- Stories that could not be read. A place is in `stories` or here, never in both.
CREATE TABLE failures (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,
    sha256 TEXT,                 -- NULL if the file itself could not be read
    corrections TEXT,
    size INTEGER NOT NULL,
    exit_code INTEGER NOT NULL,  -- of `dramaturg read`: 3 unreadable, 4 refused, 128 + n killed by signal n …
    reason TEXT NOT NULL,
    seconds REAL NOT NULL
);

CREATE INDEX IF NOT EXISTS stories_by_sha256 ON stories (sha256);

-- Stories that someone took out. Their files are not read again, unless they change or are added by name.
CREATE TABLE IF NOT EXISTS removed (
    place TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL         -- of the file
) WITHOUT ROWID;

CREATE TABLE tags (
    story INTEGER NOT NULL REFERENCES stories(id),
    kind TEXT NOT NULL,          -- fandoms, relationships, characters, tags, rating …
    tag TEXT NOT NULL,
    PRIMARY KEY (story, kind, tag)
) WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (kind, tag);

CREATE TABLE characters (
    story INTEGER NOT NULL REFERENCES stories(id),
    id TEXT NOT NULL,
    rank INTEGER NOT NULL,       -- 1: the most prominent of the story
    name TEXT NOT NULL,
    named INTEGER NOT NULL,
    kind TEXT NOT NULL,
    pronouns TEXT,
    narrator INTEGER NOT NULL,
    mentions INTEGER NOT NULL,
    quotations INTEGER NOT NULL,
    words_spoken INTEGER NOT NULL,
    PRIMARY KEY (story, id)
) WITHOUT ROWID;
CREATE INDEX characters_by_name ON characters (name);

CREATE TABLE aliases (
    story INTEGER NOT NULL REFERENCES stories(id),
    character TEXT NOT NULL,
    alias TEXT NOT NULL,
    PRIMARY KEY (story, character, alias)
) WITHOUT ROWID;

-- The blocks of the text: paragraphs, headings and so on. NUL and lone surrogates are replaced by U+FFFD.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    story INTEGER NOT NULL REFERENCES stories(id),
    number INTEGER NOT NULL,     -- 0: the story's first block
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    speakers TEXT NOT NULL,      -- the names of those who speak in it
    people TEXT NOT NULL,        -- the names of those who are mentioned in it, by name or otherwise
    UNIQUE (story, number)
);

CREATE TABLE quotations (
    story INTEGER NOT NULL REFERENCES stories(id),
    id TEXT NOT NULL,
    passage INTEGER,             -- the number of its passage
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    within TEXT,                 -- the quotation that contains it
    speaker TEXT,
    confidence REAL,
    words INTEGER NOT NULL,
    PRIMARY KEY (story, id)
) WITHOUT ROWID;
CREATE INDEX quotations_by_speaker ON quotations (story, speaker);

CREATE TABLE addressees (
    story INTEGER NOT NULL REFERENCES stories(id),
    quotation TEXT NOT NULL,
    character TEXT NOT NULL,
    PRIMARY KEY (story, quotation, character)
) WITHOUT ROWID;
CREATE INDEX addressees_by_character ON addressees (story, character);

CREATE VIRTUAL TABLE search USING fts5(
    text, speakers, people,
    content = 'passages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN
    INSERT INTO search(rowid, text, speakers, people) VALUES (new.id, new.text, new.speakers, new.people);
END;
CREATE TRIGGER passages_removed AFTER DELETE ON passages BEGIN
    INSERT INTO search(search, rowid, text, speakers, people)
    VALUES ('delete', old.id, old.text, old.speakers, old.people);
END;

-- Every quotation.
CREATE VIEW lines AS
SELECT s.id AS story, s.place, s.title, q.id AS quotation, q.start, q.end, q.within,
       substr(p.text, q.start - p.start + 1, q.end - q.start) AS line,
       q.speaker, c.name AS speaker_name, c.pronouns, q.confidence, q.words,
       (SELECT group_concat(h.name, ', ') FROM addressees a JOIN characters h ON h.story = a.story AND h.id = a.character
        WHERE a.story = q.story AND a.quotation = q.id) AS said_to
FROM quotations q
JOIN stories s ON s.id = q.story
LEFT JOIN passages p ON p.story = q.story AND p.number = q.passage
LEFT JOIN characters c ON c.story = q.story AND c.id = q.speaker;

-- Every quotation, once for each addressee.
CREATE VIEW lines_to AS
SELECT s.id AS story, s.place, s.title, a.character AS hearer, h.name AS hearer_name, q.id AS quotation, q.start, q.end,
       substr(p.text, q.start - p.start + 1, q.end - q.start) AS line,
       q.speaker, c.name AS speaker_name, q.confidence
FROM addressees a
JOIN quotations q ON q.story = a.story AND q.id = a.quotation
JOIN characters h ON h.story = a.story AND h.id = a.character
JOIN stories s ON s.id = a.story
LEFT JOIN passages p ON p.story = q.story AND p.number = q.passage
LEFT JOIN characters c ON c.story = q.story AND c.id = q.speaker;

-- Who talks most. share: of all words spoken in the story.
CREATE VIEW talkers AS
SELECT s.id AS story, s.place, s.title, c.id AS character, c.name, c.pronouns, c.quotations, c.words_spoken AS words,
       round(1.0 * c.words_spoken / nullif((
           SELECT sum(q.words) FROM quotations q WHERE q.story = c.story AND q.within IS NULL), 0), 4) AS share
FROM characters c JOIN stories s ON s.id = c.story;

-- The same for all stories of a fandom. People with the same name count as one.
CREATE VIEW talkers_by_fandom AS
SELECT t.tag AS fandom, c.name, count(DISTINCT c.story) AS stories, sum(c.quotations) AS quotations,
       sum(c.words_spoken) AS words
FROM tags t JOIN characters c ON c.story = t.story
WHERE t.kind = 'fandoms' AND c.named
GROUP BY t.tag, c.name;

-- Share of dialogue by gender, as far as pronouns show it. '?': the speaker's pronouns are unknown; 'nobody known': the
-- speaker is unknown.
CREATE VIEW dialogue_by_gender AS
SELECT q.story, s.place, s.title,
       CASE WHEN q.speaker IS NULL THEN 'nobody known' ELSE coalesce(c.pronouns, '?') END AS pronouns,
       count(*) AS quotations, sum(q.words) AS words,
       round(1.0 * sum(q.words) / nullif(sum(sum(q.words)) OVER (PARTITION BY q.story), 0), 4) AS share
FROM quotations q
JOIN stories s ON s.id = q.story
LEFT JOIN characters c ON c.story = q.story AND c.id = q.speaker
WHERE q.within IS NULL
GROUP BY q.story, 4;

CREATE VIEW dialogue_by_gender_by_fandom AS
SELECT t.tag AS fandom,
       CASE WHEN q.speaker IS NULL THEN 'nobody known' ELSE coalesce(c.pronouns, '?') END AS pronouns,
       count(*) AS quotations, sum(q.words) AS words,
       round(1.0 * sum(q.words) / nullif(sum(sum(q.words)) OVER (PARTITION BY t.tag), 0), 4) AS share
FROM tags t
JOIN quotations q ON q.story = t.story
LEFT JOIN characters c ON c.story = q.story AND c.id = q.speaker
WHERE t.kind = 'fandoms' AND q.within IS NULL
GROUP BY t.tag, 2;

-- Who talks with each other. lines: in both directions together.
CREATE VIEW pairs AS
SELECT q.story, min(c.name, h.name) AS one, max(c.name, h.name) AS other, count(*) AS lines, sum(q.words) AS words
FROM addressees a
JOIN quotations q ON q.story = a.story AND q.id = a.quotation
JOIN characters c ON c.story = q.story AND c.id = q.speaker
JOIN characters h ON h.story = a.story AND h.id = a.character
GROUP BY q.story, min(c.id, h.id), max(c.id, h.id);

-- The same for all stories of a fandom. People with the same name count as one.
CREATE VIEW pairs_by_fandom AS
SELECT t.tag AS fandom, min(c.name, h.name) AS one, max(c.name, h.name) AS other,
       count(DISTINCT q.story) AS stories, count(*) AS lines, sum(q.words) AS words
FROM tags t
JOIN addressees a ON a.story = t.story
JOIN quotations q ON q.story = a.story AND q.id = a.quotation
JOIN characters c ON c.story = q.story AND c.id = q.speaker
JOIN characters h ON h.story = a.story AND h.id = a.character
WHERE t.kind = 'fandoms' AND c.named AND h.named
GROUP BY t.tag, 2, 3;
