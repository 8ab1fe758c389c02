// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "common.h"
#include "json.h"
#include "text.h"

/* Protects sequence, and keeps lines in one piece. */
static pthread_mutex_t print_lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t sequence;
/* Only for the main thread. */
static unsigned int results;

static const char *name_of(const char *const *names, size_t count, uint32_t value)
{
	return value < count ? names[value] : "unknown";
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *medium_type_name(uint32_t type)
{
	static const char *const names[] = {
		"none", "cd-rom", "cd-r", "cd-rw", "other", "unknown",
	};

	return name_of(names, COUNT(names), type);
}

const char *disc_status_name(uint32_t status)
{
	static const char *const names[] = { "blank", "appendable", "complete", "other" };

	return name_of(names, COUNT(names), status);
}

struct json_object *json_text(const char *text)
{
	char *valid = text_valid(text);
	struct json_object *object = json_object_new_string(valid);

	free(valid);
	return object;
}

void json_add_string(struct json_object *object, const char *name, const char *value)
{
	json_object_object_add(object, name, value ? json_text(value) : NULL);
}

void json_add_message(struct json_object *object, const char *message)
{
	char *name = message ? text_name(message) : NULL;

	json_add_string(object, "message", message);
	json_add_string(object, "name", name);
	free(name);
}

void json_add_number(struct json_object *object, const char *name, int64_t value)
{
	json_object_object_add(object, name, json_object_new_int64(value));
}

void json_add_decibel(struct json_object *object, const char *name, double value, bool known)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", value);
	json_object_object_add(object, name,
			       known ? json_object_new_double_s(value, text) : NULL);
}

void json_add_u32(struct json_object *object, const char *name, uint32_t value)
{
	json_object_object_add(object, name,
			       value == TAO_UNKNOWN ? NULL : json_object_new_int64(value));
}

void json_add_offset(struct json_object *object, const char *name, const struct offset *offset)
{
	json_object_object_add(object, name,
			       offset->known ? json_object_new_int(offset->samples) : NULL);
}

void json_add_bool(struct json_object *object, const char *name, int value)
{
	json_object_object_add(object, name, json_object_new_boolean(value));
}

struct json_object *json_event(const char *event, const char *drive)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "format", JSON_FORMAT);
	/* the number is set when it is printed; this fixes its position in the line */
	json_add_number(object, "sequence", 0);
	json_add_string(object, "event", event);
	json_add_string(object, "drive", drive);
	return object;
}

void json_print(struct json_object *object)
{
	const char *text;
	char *line;

	pthread_mutex_lock(&print_lock);
	json_add_number(object, "sequence", sequence++);
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	line = text_escape(text);
	print_text(stdout, xasprintf("%s\n", line));
	free(line);
	pthread_mutex_unlock(&print_lock);
	json_object_put(object);
}

struct json_object *json_result_event(const char *drive, const char *command, int exit_status,
				      const char *message)
{
	struct json_object *event = json_event("result", drive);

	json_add_string(event, "command", command);
	json_add_string(event, "result", result_name(exit_status));
	json_add_number(event, "exit_status", exit_status);
	json_add_message(event, message);
	results++;
	return event;
}

void json_result(const char *drive, const char *command, int exit_status, const char *message)
{
	if (options.json)
		json_print(json_result_event(drive, command, exit_status, message));
}

unsigned int json_results(void)
{
	return results;
}

void json_add_speeds(struct json_object *object, const struct tao_speeds *speeds,
		     const struct tao_speed *speed)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < speeds->count && i < TAO_SPEEDS_MAX; i++) {
		struct json_object *entry = json_object_new_object();

		json_add_number(entry, "write_kbps", speeds->entries[i].write_kbps);
		json_add_number(entry, "write_sectors_per_second",
				speeds->entries[i].write_sectors_per_second);
		json_add_bool(entry, "pure_cav", speeds->entries[i].flags & TAO_SPEED_PURE_CAV);
		json_object_array_add(list, entry);
	}
	json_object_object_add(object, "speeds", list);
	/* null: maximum speed */
	json_add_u32(object, "requested_kbps", speed->requested_kbps);
	json_add_number(object, "actual_kbps", speed->actual_kbps);
}

struct json_object *json_drive(const struct tao_drive *d)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "vendor", d->vendor);
	json_add_string(object, "product", d->product);
	json_add_string(object, "revision", d->revision);
	json_add_string(object, "serial", d->serial);
	json_add_bool(object, "cd_r", d->flags & TAO_DRIVE_CD_R);
	json_add_bool(object, "cd_rw", d->flags & TAO_DRIVE_CD_RW);
	json_add_bool(object, "test_write", d->flags & TAO_DRIVE_TEST_WRITE);
	json_add_bool(object, "underrun_free", d->flags & TAO_DRIVE_UNDERRUN_FREE);
	json_add_bool(object, "session_at_once", d->flags & TAO_DRIVE_SESSION_AT_ONCE);
	json_add_bool(object, "cd_text", d->flags & TAO_DRIVE_CD_TEXT);
	json_add_number(object, "buffer_bytes", d->buffer_bytes);
	json_add_number(object, "dma_alignment", d->dma_alignment);
	json_add_number(object, "write_sectors", d->write_sectors);
	json_add_string(object, "module_version", d->module_version);
	return object;
}

struct json_object *json_medium(const struct tao_medium *m)
{
	struct json_object *object = json_object_new_object();
	bool disc = m->type != TAO_MEDIUM_NONE && m->type != TAO_MEDIUM_UNKNOWN;

	json_add_string(object, "type", medium_type_name(m->type));
	json_add_string(object, "status", disc ? disc_status_name(m->status) : NULL);
	json_add_bool(object, "stale", m->flags & TAO_MEDIUM_STALE);
	json_add_bool(object, "erasable", m->flags & TAO_MEDIUM_ERASABLE);
	json_add_bool(object, "session_open", m->flags & TAO_MEDIUM_SESSION_OPEN);
	json_add_bool(object, "writable", m->flags & TAO_MEDIUM_WRITABLE);
	json_add_bool(object, "session_damaged", m->flags & TAO_MEDIUM_SESSION_DAMAGED);
	json_add_bool(object, "track_damaged", m->flags & TAO_MEDIUM_TRACK_DAMAGED);
	json_add_bool(object, "track_failed", m->flags & TAO_MEDIUM_TRACK_FAILED);
	json_add_number(object, "sessions", m->sessions);
	json_add_number(object, "tracks", m->tracks);
	json_add_number(object, "total_sectors", m->total_sectors);
	json_add_u32(object, "used_sectors", m->used_sectors);
	json_add_u32(object, "free_sectors", m->free_sectors);
	json_object_object_add(object, "next_lba",
			       m->flags & TAO_MEDIUM_WRITABLE && m->next_lba >= 0 ?
				       json_object_new_int64(m->next_lba) :
				       NULL);
	json_add_string(object, "mcn", m->mcn[0] ? m->mcn : NULL);
	return object;
}

struct json_object *json_status(const struct tao_status *s)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "state", tao_state_name(s->state));
	json_add_string(object, "action", tao_action_name(s->action));
	json_add_number(object, "track", s->track);
	json_add_number(object, "start_lba", s->start_lba);
	json_add_u32(object, "sectors", s->sectors);
	json_add_number(object, "written_sectors", s->track_sectors);
	json_add_number(object, "elapsed_ms", s->elapsed_ms);
	json_add_u32(object, "remaining_ms", s->remaining_ms);
	json_object_object_add(object, "progress",
			       s->progress == TAO_UNKNOWN ?
				       NULL :
				       json_object_new_double(s->progress / 65536.0));
	json_add_number(object, "speed_kbps", s->speed_kbps);
	json_add_number(object, "queue_bytes", s->queue_bytes);
	json_add_number(object, "drive_buffer_bytes", s->drive_buffer_bytes);
	json_add_number(object, "drive_buffer_fill", s->drive_buffer_fill);
	json_add_number(object, "underruns", s->underruns);
	json_add_bool(object, "test_write", s->flags & TAO_STATUS_TEST_WRITE);
	json_add_bool(object, "cancelled", s->flags & TAO_STATUS_CANCELLED);
	json_add_bool(object, "failed", s->flags & TAO_STATUS_FAILED);
	json_add_string(object, "owner", s->owner[0] ? s->owner : NULL);
	json_add_number(object, "owner_pid", s->owner_pid);
	return object;
}

struct json_object *json_error(const struct tao_error *e)
{
	struct json_object *object = json_object_new_object();
	bool sense = e->flags & TAO_ERROR_SENSE;

	json_add_number(object, "errno", e->error);
	json_add_string(object, "text", e->text);
	json_add_number(object, "opcode", e->opcode);
	json_object_object_add(object, "key", sense ? json_object_new_int(e->key) : NULL);
	json_object_object_add(object, "asc", sense ? json_object_new_int(e->asc) : NULL);
	json_object_object_add(object, "ascq", sense ? json_object_new_int(e->ascq) : NULL);
	json_object_object_add(object, "lba",
			       e->flags & TAO_ERROR_LBA ? json_object_new_int(e->lba) : NULL);
	json_add_number(object, "track", e->track);
	json_add_number(object, "age_ms", e->age_ms);
	return object;
}
