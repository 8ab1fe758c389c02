/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --json: one object per line on standard output; tao-json.schema.json describes them.
 */
#ifndef TAO_JSON_H
#define TAO_JSON_H

#include <json-c/json.h>
#include <tao.h>
#include "offset.h"

/* Incremented when a member changes its meaning or is removed; not when members are added. */
#define JSON_FORMAT 1

/*
 * Create an object for an event, with the format, the drive (may be NULL) and the sequence
 * number.
 */
struct json_object *json_event(const char *event, const char *drive);
/* Print the object and release it. */
void json_print(struct json_object *object);

/*
 * The last object about a drive, or about the run if @drive is NULL: its result. The first
 * function returns it so that members can be added, the second one prints it at once.
 */
struct json_object *json_result_event(const char *drive, const char *command, int exit_status,
				      const char *message);
void json_result(const char *drive, const char *command, int exit_status, const char *message);
/* Number of results that were printed. */
unsigned int json_results(void);

/* A string; bytes in @text that are not UTF-8 are replaced. */
struct json_object *json_text(const char *text);
void json_add_string(struct json_object *object, const char *name, const char *value);
/* "message", and "name" if it has one, otherwise null */
void json_add_message(struct json_object *object, const char *message);
void json_add_number(struct json_object *object, const char *name, int64_t value);
/* null for TAO_UNKNOWN */
void json_add_u32(struct json_object *object, const char *name, uint32_t value);
/* With two decimals; null unless it is @known. */
void json_add_decibel(struct json_object *object, const char *name, double value, bool known);
/* null if it is not known */
void json_add_offset(struct json_object *object, const char *name, const struct offset *offset);
void json_add_bool(struct json_object *object, const char *name, int value);

/* Speeds of drive and disc, and the current setting. */
void json_add_speeds(struct json_object *object, const struct tao_speeds *speeds,
		     const struct tao_speed *speed);

struct json_object *json_medium(const struct tao_medium *medium);
struct json_object *json_drive(const struct tao_drive *drive);
struct json_object *json_status(const struct tao_status *status);
struct json_object *json_error(const struct tao_error *error);

/* Names of constants, as in JSON and in text. */
const char *medium_type_name(uint32_t type);
const char *disc_status_name(uint32_t status);

#endif /* TAO_JSON_H */
