-- Personas, what they did and what they thought of it.

CREATE TABLE personas (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    archetype TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    module_mix TEXT NOT NULL,
    tick_cadence TEXT NOT NULL,
    last_active_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX personas_by_last_activity ON personas (last_active_at);

-- An id is made of tick, position and tool, which two personas of one tick may share: it is unique for its persona.
CREATE TABLE persona_actions (
    persona_id TEXT NOT NULL REFERENCES personas (user_id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    tick_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    tool_name TEXT NOT NULL,
    input_hash TEXT,
    result TEXT NOT NULL,
    error_message TEXT,
    latency_ms BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (persona_id, id)
);

CREATE INDEX persona_actions_by_time ON persona_actions (persona_id, created_at);

CREATE TABLE persona_feedback (
    persona_id TEXT NOT NULL REFERENCES personas (user_id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    tick_id TEXT NOT NULL,
    module TEXT NOT NULL,
    rating BIGINT NOT NULL,
    notes TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (persona_id, id)
);

CREATE INDEX persona_feedback_by_module ON persona_feedback (persona_id, module);
