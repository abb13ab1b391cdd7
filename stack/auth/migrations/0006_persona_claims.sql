-- Who plays a persona at the moment, and until when nobody else may begin to.

ALTER TABLE personas ADD COLUMN claimed_by TEXT;
ALTER TABLE personas ADD COLUMN claimed_until BIGINT;
