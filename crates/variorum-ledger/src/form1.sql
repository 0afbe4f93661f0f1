-- Form 1 of the ledger. Changes are further steps; this one stays as it is.
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of recording; never given twice
  recorded TEXT NOT NULL,               -- universal time, 2025-03-01T09:30:00Z
  version TEXT NOT NULL,                -- of the program
  title TEXT NOT NULL,                  -- of the model
  model TEXT NOT NULL,                  -- where it was read, as it was named
  fingerprint TEXT NOT NULL,
  seed TEXT NOT NULL,                   -- up to 2^64 - 1, in decimal
  per_draw INTEGER NOT NULL,            -- trajectories per parameter draw
  as_of TEXT,                           -- the last day of what was used, if that was limited
  observed_to TEXT,                     -- when the last observation that was used was known
  complete INTEGER NOT NULL,            -- 0 if the run was interrupted
  scenario TEXT                         -- if one was played
) STRICT;

CREATE TABLE question (
  run INTEGER NOT NULL REFERENCES run (id),
  place INTEGER NOT NULL,               -- in the order of the model, from 0
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  document TEXT NOT NULL,               -- JSON: window, what sources said, what the world has answered
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
  run INTEGER NOT NULL,
  question TEXT NOT NULL,
  place INTEGER NOT NULL,               -- of the reading in the order of the model, from 0
  reading TEXT NOT NULL,
  draws INTEGER NOT NULL,               -- parameter draws
  kind TEXT NOT NULL,                   -- probability, number, date, void
  -- Before anything was seen:
  value REAL,                           -- the probability, or the predictive median of a number
  low REAL,                             -- 90% interval: of the probability given the parameters, or of outcomes
  high REAL,
  error REAL,                           -- Monte Carlo standard error: of the probability, or of the mean of a number
  word TEXT NOT NULL,                   -- the standard word of a probability; the unit of a number
  -- The same on condition of what was seen; after_kind is NULL where nothing was:
  after_kind TEXT,
  after_value REAL,
  after_low REAL,
  after_high REAL,
  after_error REAL,
  after_word TEXT,
  document TEXT NOT NULL,               -- JSON: all of the answer
  PRIMARY KEY (run, question, reading),
  FOREIGN KEY (run, question) REFERENCES question (run, name)
) STRICT;

CREATE INDEX question_name ON question (name, run);
CREATE INDEX answer_question ON answer (question, run);
