-- Who sent a failed form: a person, or the network address of somebody who is not signed in. A sender keeps
-- few of them, and strangers together keep few.
ALTER TABLE form_failure ADD COLUMN sender TEXT NOT NULL DEFAULT '';
CREATE INDEX form_failure_sender ON form_failure (sender);
