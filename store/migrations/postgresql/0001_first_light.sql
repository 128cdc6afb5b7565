-- First light: organisations, accounts, credentials, sessions, the audit chain, the change feed.
-- Times are integer microseconds since 1970-01-01 UTC. Ids are UUIDv7 in their text form. Text is
-- compared byte by byte, as the rules compare it, whatever the database's own order is.
-- The one-time rules stand here as constraints too, so that a second program on this store
-- cannot spend a code, a step or a token twice; SR001 is what the guards raise.

CREATE FUNCTION strongroom.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'SR001', MESSAGE = TG_ARGV[0];
END $$;

CREATE TABLE strongroom.store_facts (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE strongroom.organisations (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    short_name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE strongroom.policies (
    org_id     TEXT COLLATE "C" PRIMARY KEY REFERENCES strongroom.organisations (id),
    version    BIGINT NOT NULL CHECK (version >= 1),
    document   TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT COLLATE "C"
);

CREATE TABLE strongroom.accounts (
    id                  TEXT COLLATE "C" PRIMARY KEY,
    org_id              TEXT COLLATE "C" NOT NULL REFERENCES strongroom.organisations (id),
    email               TEXT COLLATE "C" NOT NULL,
    email_canonical     TEXT COLLATE "C" NOT NULL UNIQUE,
    name                TEXT COLLATE "C" NOT NULL,
    role                TEXT COLLATE "C" NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    status              TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'suspended', 'removed')),
    appearance          TEXT COLLATE "C" NOT NULL,
    password_hash       TEXT COLLATE "C",
    password_changed_at BIGINT,
    breach_outcome      TEXT COLLATE "C" NOT NULL,
    created_at          BIGINT NOT NULL,
    last_sign_in_at     BIGINT
);
CREATE INDEX accounts_by_org ON strongroom.accounts (org_id, id);

-- One authenticator an account. last_step only ever grows, so each step is spent once.
CREATE TABLE strongroom.totp_secrets (
    account_id           TEXT COLLATE "C" PRIMARY KEY REFERENCES strongroom.accounts (id),
    sealed               BYTEA NOT NULL,
    key_id               TEXT COLLATE "C" NOT NULL,
    last_step            BIGINT NOT NULL,
    consecutive_failures BIGINT NOT NULL DEFAULT 0 CHECK (consecutive_failures >= 0),
    enrolled_at          BIGINT NOT NULL
);
CREATE TRIGGER totp_step_is_spent_once BEFORE UPDATE OF last_step ON strongroom.totp_secrets
FOR EACH ROW WHEN (NEW.last_step <= OLD.last_step)
EXECUTE FUNCTION strongroom.refuse('totp step is spent already');

-- One pending enrolment an account; a new one replaces the old.
CREATE TABLE strongroom.totp_enrolments (
    account_id TEXT COLLATE "C" PRIMARY KEY REFERENCES strongroom.accounts (id),
    id         TEXT COLLATE "C" NOT NULL UNIQUE,
    session_id TEXT COLLATE "C" NOT NULL,
    sealed     BYTEA NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE strongroom.recovery_batches (
    id              TEXT COLLATE "C" PRIMARY KEY,
    account_id      TEXT COLLATE "C" NOT NULL REFERENCES strongroom.accounts (id),
    size            BIGINT NOT NULL CHECK (size BETWEEN 8 AND 16),
    created_at      BIGINT NOT NULL,
    acknowledged_at BIGINT,
    voided_at       BIGINT
);
CREATE UNIQUE INDEX recovery_one_live_batch ON strongroom.recovery_batches (account_id)
WHERE voided_at IS NULL;

CREATE TABLE strongroom.recovery_codes (
    id         TEXT COLLATE "C" PRIMARY KEY,
    batch_id   TEXT COLLATE "C" NOT NULL REFERENCES strongroom.recovery_batches (id),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES strongroom.accounts (id),
    mac        BYTEA NOT NULL UNIQUE,
    key_id     TEXT COLLATE "C" NOT NULL,
    used_at    BIGINT
);
CREATE INDEX recovery_codes_by_batch ON strongroom.recovery_codes (batch_id);
CREATE INDEX recovery_codes_by_account ON strongroom.recovery_codes (account_id);
CREATE TRIGGER recovery_code_is_spent_once BEFORE UPDATE OF used_at ON strongroom.recovery_codes
FOR EACH ROW WHEN (OLD.used_at IS NOT NULL)
EXECUTE FUNCTION strongroom.refuse('recovery code is spent already');

CREATE TABLE strongroom.devices (
    id            TEXT COLLATE "C" PRIMARY KEY,
    account_id    TEXT COLLATE "C" NOT NULL REFERENCES strongroom.accounts (id),
    secret_hash   BYTEA NOT NULL UNIQUE,
    client        TEXT COLLATE "C" NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL
);
CREATE INDEX devices_by_account ON strongroom.devices (account_id);

CREATE TABLE strongroom.sessions (
    id               TEXT COLLATE "C" PRIMARY KEY,
    account_id       TEXT COLLATE "C" NOT NULL REFERENCES strongroom.accounts (id),
    org_id           TEXT COLLATE "C" NOT NULL REFERENCES strongroom.organisations (id),
    token_hash       BYTEA NOT NULL UNIQUE,
    device_id        TEXT COLLATE "C" REFERENCES strongroom.devices (id),
    client           TEXT COLLATE "C" NOT NULL,
    source_ip        TEXT COLLATE "C" NOT NULL,
    network          TEXT COLLATE "C" NOT NULL,
    city             TEXT COLLATE "C",
    country          TEXT COLLATE "C",
    is_new_device    BIGINT NOT NULL CHECK (is_new_device IN (0, 1)),
    is_new_network   BIGINT NOT NULL CHECK (is_new_network IN (0, 1)),
    is_kept          BIGINT NOT NULL CHECK (is_kept IN (0, 1)),
    methods          TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_active_at   BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    locked_at        BIGINT,
    ended_at         BIGINT,
    end_reason       TEXT COLLATE "C",
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_by_account ON strongroom.sessions (account_id, ended_at, last_active_at, id);
CREATE INDEX sessions_alive_by_expiry ON strongroom.sessions (expires_at) WHERE ended_at IS NULL;
CREATE TRIGGER session_end_is_final BEFORE UPDATE OF ended_at, token_hash ON strongroom.sessions
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
EXECUTE FUNCTION strongroom.refuse('session has ended');

-- Between the right password and the second factor. Gives access to nothing.
CREATE TABLE strongroom.half_sign_ins (
    id              TEXT COLLATE "C" PRIMARY KEY,
    token_hash      BYTEA NOT NULL UNIQUE,
    connection_hash BYTEA NOT NULL,
    account_id      TEXT COLLATE "C" NOT NULL REFERENCES strongroom.accounts (id),
    device_id       TEXT COLLATE "C",
    failures        BIGINT NOT NULL DEFAULT 0,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    spent_at        BIGINT
);
CREATE INDEX half_sign_ins_by_account ON strongroom.half_sign_ins (account_id);
CREATE TRIGGER half_sign_in_is_spent_once BEFORE UPDATE OF spent_at ON strongroom.half_sign_ins
FOR EACH ROW WHEN (OLD.spent_at IS NOT NULL)
EXECUTE FUNCTION strongroom.refuse('half sign-in is spent already');

-- A try that counts, kept until it was released by success or fell out of every window.
-- One try counts in several counters under one id, so that success releases it everywhere.
-- counter is an HMAC: names and addresses are not told apart from unknown ones here.
CREATE TABLE strongroom.attempts (
    id      TEXT COLLATE "C" NOT NULL,
    counter BYTEA NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (id, counter)
);
CREATE INDEX attempts_by_counter ON strongroom.attempts (counter, at);
CREATE INDEX attempts_by_time ON strongroom.attempts (at);

-- span is the length of the window whose limit was reached, in microseconds.
CREATE TABLE strongroom.locks (
    counter BYTEA NOT NULL,
    span    BIGINT NOT NULL,
    until   BIGINT NOT NULL,
    PRIMARY KEY (counter, span)
);

-- A chain an organisation; what concerns no organisation stands in the chain of the nil UUID.
-- Every act writes the row of its chain, so the page keeps room for its next versions.
CREATE TABLE strongroom.audit_chains (
    org_id         TEXT COLLATE "C" PRIMARY KEY,
    seq            BIGINT NOT NULL CHECK (seq >= 0),
    hash           BYTEA NOT NULL,
    checkpoint_seq BIGINT NOT NULL,
    checkpoint_at  BIGINT NOT NULL
) WITH (fillfactor = 50);
CREATE TRIGGER audit_chain_never_goes_back BEFORE UPDATE OF seq ON strongroom.audit_chains
FOR EACH ROW WHEN (NEW.seq < OLD.seq)
EXECUTE FUNCTION strongroom.refuse('the audit chain never goes back');
CREATE TRIGGER audit_chain_is_never_dropped BEFORE DELETE ON strongroom.audit_chains
FOR EACH ROW EXECUTE FUNCTION strongroom.refuse('the audit chain is never dropped');
CREATE TRIGGER audit_chains_are_never_emptied BEFORE TRUNCATE ON strongroom.audit_chains
EXECUTE FUNCTION strongroom.refuse('the audit chain is never dropped');

CREATE TABLE strongroom.audit_events (
    org_id     TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    id         TEXT COLLATE "C" NOT NULL UNIQUE,
    at         BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    actor_id   TEXT COLLATE "C",
    subject_id TEXT COLLATE "C",
    session    TEXT COLLATE "C",
    source_ip  TEXT COLLATE "C" NOT NULL,
    client     TEXT COLLATE "C" NOT NULL,
    outcome    TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('success', 'failure')),
    reason     TEXT COLLATE "C" NOT NULL,
    node       TEXT COLLATE "C" NOT NULL,
    details    TEXT COLLATE "C" NOT NULL,
    prev_hash  BYTEA NOT NULL,
    hash       BYTEA NOT NULL,
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX audit_events_by_subject ON strongroom.audit_events (subject_id, at, seq);
CREATE TRIGGER audit_event_is_never_edited BEFORE UPDATE ON strongroom.audit_events
FOR EACH ROW EXECUTE FUNCTION strongroom.refuse('audit events are never edited');
CREATE TRIGGER audit_events_are_never_emptied BEFORE TRUNCATE ON strongroom.audit_events
EXECUTE FUNCTION strongroom.refuse('audit events go only below a purge checkpoint');

CREATE TABLE strongroom.audit_checkpoints (
    org_id    TEXT COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind IN ('regular', 'purge')),
    key_id    TEXT COLLATE "C" NOT NULL,
    signature BYTEA NOT NULL,
    PRIMARY KEY (org_id, seq, kind)
);
CREATE TRIGGER audit_checkpoint_is_never_edited BEFORE UPDATE ON strongroom.audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION strongroom.refuse('audit checkpoints are never edited');

-- Only a prefix that a signed purge checkpoint stands for may go (R077).
CREATE FUNCTION strongroom.audit_events_go_with_their_prefix() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT org_id, max(seq) AS upto FROM gone GROUP BY org_id) AS chains
        WHERE NOT EXISTS (
            SELECT 1 FROM strongroom.audit_checkpoints AS signed
            WHERE signed.org_id = chains.org_id AND signed.kind = 'purge' AND signed.seq >= chains.upto
        )
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'SR001', MESSAGE = 'audit events go only below a purge checkpoint';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_event_goes_with_its_prefix AFTER DELETE ON strongroom.audit_events
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION strongroom.audit_events_go_with_their_prefix();

-- A change takes its place in the feed when it is committed, one commit after the other, so that
-- nobody who has read on to a place can have missed one before it. Until then seq is NULL.
CREATE SEQUENCE strongroom.change_places;
CREATE TABLE strongroom.changes (
    entry      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq        BIGINT UNIQUE,
    at         BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    org_id     TEXT COLLATE "C",
    account_id TEXT COLLATE "C",
    subject_id TEXT COLLATE "C"
);
CREATE FUNCTION strongroom.change_takes_its_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(6008416331170213481);
    UPDATE strongroom.changes SET seq = nextval('strongroom.change_places') WHERE entry = NEW.entry;
    PERFORM pg_notify('strongroom_changes', '');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER change_takes_its_place AFTER INSERT ON strongroom.changes
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION strongroom.change_takes_its_place();

-- Mail to send, committed with the change it tells of.
CREATE TABLE strongroom.outbox (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" REFERENCES strongroom.accounts (id),
    address    TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    facts      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT
);
CREATE INDEX outbox_waiting ON strongroom.outbox (created_at) WHERE sent_at IS NULL;

-- The idempotency id of each committed act: what resolves a commit in doubt.
CREATE TABLE strongroom.acts (
    id TEXT COLLATE "C" PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX acts_by_time ON strongroom.acts (at);
