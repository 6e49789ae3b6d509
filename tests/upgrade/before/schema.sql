CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
----
CREATE TABLE call_ends (
	session VARCHAR(64) NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	hops INTEGER, 
	milliseconds INTEGER, 
	cost VARCHAR(32) NOT NULL, 
	error VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (session)
)
----
CREATE TABLE contacts (
	id INTEGER NOT NULL, 
	phone VARCHAR(20) NOT NULL, 
	language VARCHAR(12), 
	province VARCHAR(64), 
	district VARCHAR(64), 
	complaints INTEGER NOT NULL, 
	texts BOOLEAN NOT NULL, 
	changed_in VARCHAR(64), 
	previous JSON, 
	created_at DATETIME NOT NULL, network VARCHAR(6), 
	PRIMARY KEY (id), 
	UNIQUE (phone)
)
----
CREATE TABLE heartbeats (
	name VARCHAR(64) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	PRIMARY KEY (name)
)
----
CREATE TABLE inbound (
	id INTEGER NOT NULL, 
	aggregator VARCHAR(32) NOT NULL, 
	provider_id VARCHAR(128) NOT NULL, 
	phone VARCHAR(32) NOT NULL, 
	short_code VARCHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	sent_at DATETIME, 
	received_at DATETIME NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	intent VARCHAR(32), 
	PRIMARY KEY (id), 
	UNIQUE (aggregator, provider_id)
)
----
CREATE TABLE revisions (
	id INTEGER NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	source JSON NOT NULL, 
	compiled BLOB NOT NULL, 
	author VARCHAR(64) NOT NULL, 
	message TEXT NOT NULL, 
	published_at DATETIME NOT NULL, reason TEXT DEFAULT '' NOT NULL, checks JSON DEFAULT '{}' NOT NULL, base INTEGER, rolls_back INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (flow, number)
)
----
CREATE TABLE routes (
	code VARCHAR(40) NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	PRIMARY KEY (code)
)
----
CREATE TABLE unreadable (
	id INTEGER NOT NULL, 
	aggregator VARCHAR(32) NOT NULL, 
	door VARCHAR(16) NOT NULL, 
	problem VARCHAR(200) NOT NULL, 
	shape JSON NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
)
----
CREATE TABLE complaints (
	id INTEGER NOT NULL, 
	number VARCHAR(9) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	contact_id INTEGER NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	revision INTEGER NOT NULL, 
	category VARCHAR(64), 
	district VARCHAR(64), 
	office VARCHAR(64) NOT NULL, 
	details TEXT, 
	private BOOLEAN NOT NULL, 
	call_back BOOLEAN NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	note TEXT, 
	rating INTEGER, 
	version INTEGER NOT NULL, 
	filed_at DATETIME NOT NULL, 
	due_on DATE NOT NULL, 
	filed_in VARCHAR(128) NOT NULL, desk VARCHAR(64), officer_id INTEGER, closed_by INTEGER, against VARCHAR(64), level INTEGER DEFAULT '0' NOT NULL, transfers INTEGER DEFAULT '0' NOT NULL, reopenings INTEGER DEFAULT '0' NOT NULL, parent_id INTEGER, outcome VARCHAR(32), urgent BOOLEAN DEFAULT 0 NOT NULL, limit_days INTEGER DEFAULT '15' NOT NULL, clock_from DATETIME DEFAULT '2000-01-01 00:00:00' NOT NULL, paused INTEGER DEFAULT '0' NOT NULL, waiting_since DATETIME, clock_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	UNIQUE (filed_in), 
	UNIQUE (number)
)
----
CREATE TABLE effects (
	id INTEGER NOT NULL, 
	session VARCHAR(64) NOT NULL, 
	hop INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	action VARCHAR(32) NOT NULL, 
	revision_id INTEGER NOT NULL, 
	outcome BLOB NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(revision_id) REFERENCES revisions (id), 
	UNIQUE (session, hop, step)
)
----
CREATE TABLE live_flows (
	flow VARCHAR(64) NOT NULL, 
	revision_id INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	PRIMARY KEY (flow), 
	FOREIGN KEY(revision_id) REFERENCES revisions (id)
)
----
CREATE TABLE history (
	id INTEGER NOT NULL, 
	complaint_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	act VARCHAR(32) NOT NULL, 
	actor VARCHAR(64) NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	note TEXT, 
	at DATETIME NOT NULL, role VARCHAR(16) DEFAULT '' NOT NULL, staff_id INTEGER, data JSON, 
	PRIMARY KEY (id), 
	FOREIGN KEY(complaint_id) REFERENCES complaints (id), 
	UNIQUE (complaint_id, version)
)
----
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	complaint_id INTEGER, 
	event VARCHAR(32) NOT NULL, 
	dedupe VARCHAR(160) NOT NULL, 
	order_key VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	attempts INTEGER NOT NULL, 
	ambiguous INTEGER NOT NULL, 
	next_at DATETIME NOT NULL, 
	lease VARCHAR(32), 
	lease_until DATETIME, 
	aggregator VARCHAR(32), 
	provider_id VARCHAR(128), 
	parts INTEGER, 
	cost VARCHAR(32), 
	reason VARCHAR(128), 
	created_at DATETIME NOT NULL, 
	settled_at DATETIME, kind VARCHAR(12) DEFAULT 'status' NOT NULL, urgent BOOLEAN DEFAULT 0 NOT NULL, epoch INTEGER DEFAULT '0' NOT NULL, version INTEGER, expires_at DATETIME, claimed_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(complaint_id) REFERENCES complaints (id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	UNIQUE (dedupe)
)
----
CREATE TABLE me_toos (
	id INTEGER NOT NULL, 
	complaint_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(complaint_id) REFERENCES complaints (id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	UNIQUE (complaint_id, contact_id)
)
----
CREATE TABLE survey_answers (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	revision INTEGER NOT NULL, 
	service VARCHAR(64) NOT NULL, 
	rating INTEGER NOT NULL, 
	words TEXT, 
	day DATE NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	UNIQUE (contact_id, service, day)
)
----
CREATE TABLE "reports" (
	id INTEGER NOT NULL, 
	aggregator VARCHAR(32) NOT NULL, 
	provider_id VARCHAR(128) NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	reason VARCHAR(64) NOT NULL, 
	phone VARCHAR(20) NOT NULL, 
	outbox_id INTEGER, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT reports_once UNIQUE (aggregator, provider_id, status, reason, phone), 
	FOREIGN KEY(outbox_id) REFERENCES outbox (id)
)
----
CREATE TABLE roads (
	name VARCHAR(32) NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	rests_until DATETIME, 
	stopped_at DATETIME, 
	reason VARCHAR(128), 
	PRIMARY KEY (name)
)
----
CREATE TABLE spending (
	hour DATETIME NOT NULL, 
	texts INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (hour)
)
----
CREATE TABLE system (
	id INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	mark INTEGER NOT NULL, 
	marked_at DATETIME, 
	restored_at DATETIME, 
	PRIMARY KEY (id)
)
----
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	contact_id INTEGER NOT NULL, 
	complaint_id INTEGER, 
	kind VARCHAR(16) NOT NULL, 
	outbox_id INTEGER, 
	revision_id INTEGER, 
	state BLOB, 
	words TEXT, 
	asked INTEGER NOT NULL, 
	asked_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	closed_as VARCHAR(12), 
	PRIMARY KEY (id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	FOREIGN KEY(complaint_id) REFERENCES complaints (id), 
	FOREIGN KEY(outbox_id) REFERENCES outbox (id), 
	FOREIGN KEY(revision_id) REFERENCES revisions (id), 
	UNIQUE ("key")
)
----
CREATE TABLE missed_lookups (
	id INTEGER NOT NULL, 
	"key" VARCHAR(128) NOT NULL, 
	contact_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	UNIQUE ("key")
)
----
CREATE TABLE offices (
	id INTEGER NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	oversight VARCHAR(64), 
	active BOOLEAN DEFAULT 1 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (code)
)
----
CREATE TABLE jurisdictions (
	id INTEGER NOT NULL, 
	office VARCHAR(64) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	category VARCHAR(64), 
	province VARCHAR(64), 
	district VARCHAR(64), 
	since DATE NOT NULL, 
	until DATE, 
	PRIMARY KEY (id), 
	FOREIGN KEY(office) REFERENCES offices (code)
)
----
CREATE TABLE staff (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	office VARCHAR(64), 
	contact_id INTEGER, 
	active BOOLEAN DEFAULT 1 NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(office) REFERENCES offices (code), 
	UNIQUE (contact_id), 
	FOREIGN KEY(contact_id) REFERENCES contacts (id)
)
----
CREATE TABLE logins (
	id INTEGER NOT NULL, 
	staff_id INTEGER NOT NULL, 
	password VARCHAR(200), 
	second VARCHAR(400), 
	second_step INTEGER NOT NULL, 
	subject VARCHAR(255), 
	invited VARCHAR(64), 
	invited_until DATETIME, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (staff_id), 
	FOREIGN KEY(staff_id) REFERENCES staff (id), 
	UNIQUE (subject), 
	UNIQUE (invited)
)
----
CREATE TABLE console_sessions (
	"key" VARCHAR(64) NOT NULL, 
	login_id INTEGER, 
	data JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	proved_at DATETIME, 
	PRIMARY KEY ("key"), 
	FOREIGN KEY(login_id) REFERENCES logins (id)
)
----
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
)
----
CREATE TABLE drafts (
	id INTEGER NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	base INTEGER NOT NULL, 
	main VARCHAR(200) NOT NULL, 
	files JSON NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	version INTEGER NOT NULL, 
	started_by VARCHAR(64) NOT NULL, 
	changed_by VARCHAR(64) NOT NULL, 
	started_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	message TEXT DEFAULT '' NOT NULL, 
	asked_by VARCHAR(64), 
	asked_at DATETIME, 
	published INTEGER, 
	publish_at DATETIME, 
	publish_by VARCHAR(64), 
	publish_reason TEXT DEFAULT '' NOT NULL, 
	missed JSON, 
	PRIMARY KEY (id)
)
----
CREATE TABLE draft_edits (
	id INTEGER NOT NULL, 
	draft_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	who VARCHAR(64) NOT NULL, 
	what TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(draft_id) REFERENCES drafts (id)
)
----
CREATE TABLE footfall (
	day DATE NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	screen VARCHAR(64) NOT NULL, 
	language VARCHAR(12) NOT NULL, 
	network VARCHAR(12) NOT NULL, 
	saw INTEGER NOT NULL, 
	answered INTEGER NOT NULL, 
	mistyped INTEGER NOT NULL, 
	ended INTEGER NOT NULL, 
	timed_out INTEGER NOT NULL, 
	PRIMARY KEY (day, flow, screen, language, network)
)
----
CREATE TABLE mistyped (
	month DATE NOT NULL, 
	flow VARCHAR(64) NOT NULL, 
	screen VARCHAR(64) NOT NULL, 
	typed VARCHAR(40) NOT NULL, 
	times INTEGER NOT NULL, 
	PRIMARY KEY (month, flow, screen, typed)
)
----
CREATE TABLE counted (
	batch VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (batch)
)
----
CREATE INDEX inbound_phone ON inbound (phone, received_at)
----
CREATE INDEX inbound_state ON inbound (state, id)
----
CREATE INDEX ix_complaints_contact_id ON complaints (contact_id)
----
CREATE INDEX outbox_order ON outbox (order_key, id)
----
CREATE INDEX outbox_provider ON outbox (aggregator, provider_id)
----
CREATE INDEX ix_me_toos_contact_id ON me_toos (contact_id)
----
CREATE INDEX survey_answers_service ON survey_answers (service, day)
----
CREATE INDEX complaints_known ON complaints (district, category, filed_at)
----
CREATE INDEX outbox_due ON outbox (epoch, next_at, id) WHERE state = 'ready'
----
CREATE INDEX outbox_leases ON outbox (lease_until) WHERE state = 'sending'
----
CREATE INDEX outbox_doubts ON outbox (next_at) WHERE state = 'unknown'
----
CREATE INDEX outbox_unconfirmed ON outbox (id) WHERE state = 'unconfirmed'
----
CREATE INDEX outbox_contact ON outbox (contact_id, claimed_at)
----
CREATE INDEX ix_reports_provider_id ON reports (provider_id)
----
CREATE INDEX ix_reports_phone ON reports (phone)
----
CREATE INDEX questions_contact ON questions (contact_id, expires_at)
----
CREATE INDEX questions_open ON questions (closed_at, expires_at)
----
CREATE INDEX ix_questions_complaint_id ON questions (complaint_id)
----
CREATE INDEX missed_lookups_contact ON missed_lookups (contact_id, at)
----
CREATE INDEX effects_offers ON effects (at) WHERE action = 'offer'
----
CREATE INDEX outbox_no_road ON outbox (id) WHERE state = 'failed' AND reason = 'no_road'
----
CREATE INDEX jurisdictions_kind ON jurisdictions (kind, since)
----
CREATE INDEX ix_staff_office ON staff (office)
----
CREATE INDEX complaints_clock ON complaints (clock_at) WHERE clock_at IS NOT NULL
----
CREATE INDEX complaints_desk ON complaints (desk, officer_id, status)
----
CREATE INDEX complaints_officer ON complaints (officer_id, status)
----
CREATE INDEX outbox_budget ON outbox (id) WHERE state = 'ready' AND reason = 'number_budget'
----
CREATE INDEX console_sessions_until ON console_sessions (until)
----
CREATE INDEX console_sessions_login ON console_sessions (login_id)
----
CREATE INDEX attempts_name ON attempts (name, at)
----
CREATE INDEX attempts_address ON attempts (address, at)
----
CREATE INDEX drafts_flow ON drafts (flow, state)
----
CREATE INDEX draft_edits_draft ON draft_edits (draft_id, version)
----
CREATE TRIGGER history_no_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history only grows: add a row'); END
----
CREATE TRIGGER history_no_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history only grows: add a row'); END
----
CREATE TRIGGER history_no_replace BEFORE INSERT ON history WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id OR (complaint_id = NEW.complaint_id AND version = NEW.version)) BEGIN SELECT RAISE(ABORT, 'history only grows: add a row'); END
