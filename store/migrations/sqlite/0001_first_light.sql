-- First light: organisations, accounts, credentials, sessions, the audit chain, the change feed.
-- Times are integer microseconds since 1970-01-01 UTC. Ids are UUIDv7 in their text form.
-- The one-time rules stand here as constraints too, so that a second program on this store
-- cannot spend a code, a step or a token twice.

CREATE TABLE store_facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE organisations (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policies (
    org_id     TEXT PRIMARY KEY REFERENCES organisations (id),
    version    INTEGER NOT NULL CHECK (version >= 1),
    document   TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT
) STRICT;

CREATE TABLE accounts (
    id                  TEXT PRIMARY KEY,
    org_id              TEXT NOT NULL REFERENCES organisations (id),
    email               TEXT NOT NULL,
    email_canonical     TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    role                TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    status              TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'removed')),
    appearance          TEXT NOT NULL,
    password_hash       TEXT,
    password_changed_at INTEGER,
    breach_outcome      TEXT NOT NULL,
    created_at          INTEGER NOT NULL,
    last_sign_in_at     INTEGER
) STRICT;
CREATE INDEX accounts_by_org ON accounts (org_id, id);

-- One authenticator an account. last_step only ever grows, so each step is spent once.
CREATE TABLE totp_secrets (
    account_id           TEXT PRIMARY KEY REFERENCES accounts (id),
    sealed               BLOB NOT NULL,
    key_id               TEXT NOT NULL,
    last_step            INTEGER NOT NULL,
    consecutive_failures INTEGER NOT NULL DEFAULT 0 CHECK (consecutive_failures >= 0),
    enrolled_at          INTEGER NOT NULL
) STRICT;
CREATE TRIGGER totp_step_is_spent_once BEFORE UPDATE OF last_step ON totp_secrets
WHEN NEW.last_step <= OLD.last_step
BEGIN
    SELECT RAISE(ABORT, 'totp step is spent already');
END;

-- One pending enrolment an account; a new one replaces the old.
CREATE TABLE totp_enrolments (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    id         TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    key_id     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_batches (
    id              TEXT PRIMARY KEY,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    size            INTEGER NOT NULL CHECK (size BETWEEN 8 AND 16),
    created_at      INTEGER NOT NULL,
    acknowledged_at INTEGER,
    voided_at       INTEGER
) STRICT;
CREATE UNIQUE INDEX recovery_one_live_batch ON recovery_batches (account_id) WHERE voided_at IS NULL;

CREATE TABLE recovery_codes (
    id         TEXT PRIMARY KEY,
    batch_id   TEXT NOT NULL REFERENCES recovery_batches (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    mac        BLOB NOT NULL UNIQUE,
    key_id     TEXT NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX recovery_codes_by_batch ON recovery_codes (batch_id);
CREATE TRIGGER recovery_code_is_spent_once BEFORE UPDATE OF used_at ON recovery_codes
WHEN OLD.used_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'recovery code is spent already');
END;

CREATE TABLE devices (
    id            TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES accounts (id),
    secret_hash   BLOB NOT NULL UNIQUE,
    client        TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_account ON devices (account_id);

CREATE TABLE sessions (
    id               TEXT PRIMARY KEY,
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    org_id           TEXT NOT NULL REFERENCES organisations (id),
    token_hash       BLOB NOT NULL UNIQUE,
    device_id        TEXT REFERENCES devices (id),
    client           TEXT NOT NULL,
    source_ip        TEXT NOT NULL,
    network          TEXT NOT NULL,
    city             TEXT,
    country          TEXT,
    is_new_device    INTEGER NOT NULL CHECK (is_new_device IN (0, 1)),
    is_new_network   INTEGER NOT NULL CHECK (is_new_network IN (0, 1)),
    is_kept          INTEGER NOT NULL CHECK (is_kept IN (0, 1)),
    methods          TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    last_active_at   INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    locked_at        INTEGER,
    ended_at         INTEGER,
    end_reason       TEXT,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id, ended_at, last_active_at, id);
CREATE INDEX sessions_alive_by_expiry ON sessions (expires_at) WHERE ended_at IS NULL;
CREATE TRIGGER session_end_is_final BEFORE UPDATE OF ended_at, token_hash ON sessions
WHEN OLD.ended_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'session has ended');
END;

-- Between the right password and the second factor. Gives access to nothing.
CREATE TABLE half_sign_ins (
    id              TEXT PRIMARY KEY,
    token_hash      BLOB NOT NULL UNIQUE,
    connection_hash BLOB NOT NULL,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    device_id       TEXT,
    failures        INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    spent_at        INTEGER
) STRICT;
CREATE INDEX half_sign_ins_by_account ON half_sign_ins (account_id);
CREATE TRIGGER half_sign_in_is_spent_once BEFORE UPDATE OF spent_at ON half_sign_ins
WHEN OLD.spent_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'half sign-in is spent already');
END;

-- A try that counts, kept until it was released by success or fell out of every window.
-- One try counts in several counters under one id, so that success releases it everywhere.
-- counter is an HMAC: names and addresses are not told apart from unknown ones here.
CREATE TABLE attempts (
    id      TEXT NOT NULL,
    counter BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (id, counter)
) STRICT;
CREATE INDEX attempts_by_counter ON attempts (counter, at);
CREATE INDEX attempts_by_time ON attempts (at);

-- span is the length of the window whose limit was reached, in microseconds.
CREATE TABLE locks (
    counter BLOB NOT NULL,
    span    INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (counter, span)
) STRICT;

-- A chain an organisation; what concerns no organisation stands in the chain of the nil UUID.
CREATE TABLE audit_chains (
    org_id         TEXT PRIMARY KEY,
    seq            INTEGER NOT NULL CHECK (seq >= 0),
    hash           BLOB NOT NULL,
    checkpoint_seq INTEGER NOT NULL,
    checkpoint_at  INTEGER NOT NULL
) STRICT;
CREATE TRIGGER audit_chain_never_goes_back BEFORE UPDATE OF seq ON audit_chains
WHEN NEW.seq < OLD.seq
BEGIN
    SELECT RAISE(ABORT, 'the audit chain never goes back');
END;
CREATE TRIGGER audit_chain_is_never_dropped BEFORE DELETE ON audit_chains
BEGIN
    SELECT RAISE(ABORT, 'the audit chain is never dropped');
END;

CREATE TABLE audit_events (
    org_id     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    id         TEXT NOT NULL UNIQUE,
    at         INTEGER NOT NULL,
    name       TEXT NOT NULL,
    actor_id   TEXT,
    subject_id TEXT,
    session    TEXT,
    source_ip  TEXT NOT NULL,
    client     TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('success', 'failure')),
    reason     TEXT NOT NULL,
    node       TEXT NOT NULL,
    details    TEXT NOT NULL,
    prev_hash  BLOB NOT NULL,
    hash       BLOB NOT NULL,
    PRIMARY KEY (org_id, seq)
) STRICT;
CREATE INDEX audit_events_by_subject ON audit_events (subject_id, at, seq);
CREATE TRIGGER audit_event_is_never_edited BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are never edited');
END;

CREATE TABLE audit_checkpoints (
    org_id    TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('regular', 'purge')),
    key_id    TEXT NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (org_id, seq, kind)
) STRICT;
CREATE TRIGGER audit_checkpoint_is_never_edited BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'audit checkpoints are never edited');
END;
-- Only a prefix that a signed purge checkpoint stands for may go (R077).
CREATE TRIGGER audit_event_goes_with_its_prefix BEFORE DELETE ON audit_events
WHEN NOT EXISTS (
    SELECT 1 FROM audit_checkpoints
    WHERE org_id = OLD.org_id AND kind = 'purge' AND seq >= OLD.seq
)
BEGIN
    SELECT RAISE(ABORT, 'audit events go only below a purge checkpoint');
END;

CREATE TABLE changes (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    org_id     TEXT,
    account_id TEXT,
    subject_id TEXT
) STRICT;

-- Mail to send, committed with the change it tells of.
CREATE TABLE outbox (
    id         TEXT PRIMARY KEY,
    account_id TEXT REFERENCES accounts (id),
    address    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    facts      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (created_at) WHERE sent_at IS NULL;

-- The idempotency id of each committed act: what resolves a commit in doubt.
CREATE TABLE acts (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX acts_by_time ON acts (at);
